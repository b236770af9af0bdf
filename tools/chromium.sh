#!/bin/sh
# Find Chromium; as root on Debian, install it.
set -eu

find_it() {
  command -v chromium || command -v chromium-browser || command -v google-chrome
}

if find_it >/dev/null; then
  exit 0
fi
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing Chromium"
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
if ! find_it >/dev/null; then
  echo "looking at reports needs Chromium: install it (on Debian: apt-get install chromium)." >&2
  exit 1
fi
