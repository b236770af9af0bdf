#!/bin/sh
# Find a Java runtime of 17 or newer; as root on Debian, install one.
set -eu

version() {
  java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  "$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1
}

found=$(version || true)
if [ "${found:-0}" -ge 17 ]; then
  exit 0
fi
if [ -n "${JAVA_HOME:-}" ]; then
  echo "Spark needs Java 17 or newer: JAVA_HOME names another; point it to one, or unset it." >&2
  exit 1
fi
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing a Java runtime"
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless >/dev/null
  found=$(version || true)
fi
if [ "${found:-0}" -lt 17 ]; then
  echo "Spark needs Java 17 or newer: install a Java runtime (on Debian: apt-get install openjdk-17-jre-headless) or set JAVA_HOME." >&2
  exit 1
fi
