"""Errors of consent: a state that no run may rely on, or a job that must not go on."""

from __future__ import annotations

from cleanroom_join.errors.base import CleanRoomJoinError, quoted

__all__ = ["ConsentRefused"]


class ConsentRefused(CleanRoomJoinError):
    """Consent is unknown, out of date or suspended: mend the revocation job first."""

    code = "E600"

    @classmethod
    def unsupported_engine(cls) -> ConsentRefused:
        """Say on which Spark the job runs."""
        return cls(
            "the revocation job needs Spark 4, or Spark 3.5 in classic mode: Spark"
            " Connect 3.5 has no MERGE for a frame.",
            hint="run the job on compute with a newer Spark; the clean room itself may"
            " stay on 3.5.",
            code="E600",
        )

    @classmethod
    def kafka_option(cls, name: str, only: str) -> ConsentRefused:
        """Say that another value of a Kafka option loses or invents events."""
        return cls(
            f"the Kafka option {name} must be {only}: any other value could lose an"
            " event, or take one that nobody sent.",
            hint="leave the option out; kafka_lines sets it.",
            code="E640",
        )

    @classmethod
    def kafka_argument(cls, name: str, argument: str) -> ConsentRefused:
        """Say that a Kafka option is an argument."""
        return cls(
            f"the Kafka option {name} is the argument {argument} of kafka_lines.",
            hint=f"leave the option out, and give {argument}.",
            code="E640",
        )

    @classmethod
    def unknown_kafka_option(cls, name: str) -> ConsentRefused:
        """Say that a Kafka option is not known to keep every event."""
        return cls(
            f"the Kafka option {name} is none of those that change no event: expected"
            " one that begins with kafka., or one that kafka_lines lists.",
            hint="leave the option out.",
            code="E640",
        )

    @classmethod
    def no_kafka(cls) -> ConsentRefused:
        """Say that the session lacks the Kafka source."""
        return cls(
            "this Spark session cannot read Kafka: the jars of Spark's Kafka source are"
            " not on its class path.",
            hint="on your machine local_session(kafka=True) brings them; on Databricks"
            " every session has them.",
            code="E641",
        )

    @classmethod
    def lost_at_kafka(cls) -> ConsentRefused:
        """Say that messages that the job has not read are not in the topic."""
        return cls(
            "the Kafka topic lacks messages that the job has not read yet: somebody"
            " deleted the topic and made it again, or its retention removed them.",
            hint="opt-outs may be missing. Have the source send again what it sent"
            " since the last applied batch, and go on with a new checkpoint:"
            " docs/howto/kafka.md, Recovery.",
            code="E642",
        )

    @classmethod
    def no_raw_form(cls, asset: str) -> ConsentRefused:
        """Say that no subject of an asset has an identifier of one kind."""
        return cls(
            f"no subject of {quoted(asset)} has an identifier of one kind: a line holds"
            " one identifier, and cannot name a subject by several together.",
            hint="send tokens: the party's own system tokenises before it writes the"
            " topic.",
            code="E643",
        )
