"""Errors of the revocation job, of erasure, and of what they are started with."""

from __future__ import annotations

from cleanroom_join.errors.base import CleanRoomJoinError, named, printable, quoted

__all__ = ["RevocationRefused"]

_RECOVER = "docs/howto/recover-the-revocation-job.md has the steps."


class RevocationRefused(CleanRoomJoinError):
    """The revocation job or an erasure must not go on: mend what it is started with."""

    code = "E600"

    @classmethod
    def unsupported_engine(cls) -> RevocationRefused:
        """Say on which Spark the job runs."""
        return cls(
            "the revocation job needs Spark 4, or Spark 3.5 in classic mode: Spark"
            " Connect 3.5 has no MERGE for a frame.",
            hint="run the job on compute with a newer Spark; the clean room itself may"
            " stay on 3.5.",
            code="E600",
        )

    @classmethod
    def no_store(cls, name: str, fault: str) -> RevocationRefused:
        """Say why a schema, folder or table cannot hold consent; quote no row."""
        return cls(
            f"{printable(name)} {fault}.",
            hint="name a schema or folder of the party's own, and let"
            " `ConsentStore.create` make the tables there.",
            code="E601",
        )

    @classmethod
    def unreachable_checkpoint(cls, path: str) -> RevocationRefused:
        """Say that Python cannot write where the checkpoint should be."""
        return cls(
            f"the checkpoint {printable(path)} is no folder that Python can write.",
            hint="the job keeps a small file beside Spark's. Give the path of a"
            " volume, such as /Volumes/catalog/schema/volume/consent, or of a local"
            " folder.",
            code="E602",
        )

    @classmethod
    def damaged_checkpoint(cls, fault: str) -> RevocationRefused:
        """Say what is wrong with a checkpoint: where a file is, never what is in it."""
        return cls(
            f"the checkpoint cannot be relied on: {fault}.",
            hint=f"no event is lost, and none was applied in this run; {_RECOVER}",
            code="E603",
        )

    @classmethod
    def missing_sources(cls) -> RevocationRefused:
        """Say that files of a batch that is not applied are gone; name none."""
        return cls(
            "source files of a batch that was begun and not applied are not where they"
            " were: Spark would read nothing in their place, and go on.",
            hint=f"put them back and run again; {_RECOVER}",
            code="E604",
        )

    @classmethod
    def silent_engine(cls, seconds: float) -> RevocationRefused:
        """Say for how long the engine did not answer."""
        return cls(
            f"Spark has not answered for {seconds:g} seconds.",
            hint="see whether its server is alive, and run again: nothing is applied"
            " twice.",
            code="E605",
        )

    @classmethod
    def stopped_stream(cls, cause: str) -> RevocationRefused:
        """Say why the stream stopped, without Spark's text."""
        return cls(
            f"the stream of consent events stopped: {printable(cause)}.",
            hint="Spark's own text is not shown, since it may quote rows. Mend the"
            f" cause and run again: nothing is applied twice; {_RECOVER}",
            code="E606",
        )

    @classmethod
    def no_lines(cls, fault: str) -> RevocationRefused:
        """Say why a frame cannot be read as lines."""
        return cls(
            f"the frame {fault}.",
            hint="give what `spark.readStream` returns: with a column `value` of type"
            " STRING or BINARY, or with the columns of an event.",
            code="E607",
        )

    @classmethod
    def only_available(cls) -> RevocationRefused:
        """Say where a stream cannot run on and on."""
        return cls(
            "`run_continuously` needs Spark in classic mode; serverless compute and"
            " Spark Connect run what is available.",
            hint="schedule `run_available`, every few minutes if need be.",
            code="E608",
        )

    @classmethod
    def unknown_party(cls, party: str, known: list[str]) -> RevocationRefused:
        """Say which party is none of the contract's."""
        return cls(
            f"{named(party)} is no party of the contract.",
            hint=f"declared: {quoted(known)}.",
            code="E609",
        )

    @classmethod
    def wrong_gold(cls, asset: str, fault: str, known: list[str]) -> RevocationRefused:
        """Say which Gold table does not fit, and which assets the party has."""
        return cls(
            f"the Gold table of {named(asset)} {fault}.",
            hint=f"the party's assets: {quoted(known) or 'none'}; each has the name of"
            " its Gold table, such as catalog.schema.table.",
            code="E609",
        )

    @classmethod
    def short_retention(
        cls, table: str, hours: int, longest: int, key: str
    ) -> RevocationRefused:
        """Say that VACUUM could delete files under a job that reads them."""
        return cls(
            f'the Gold table of "{printable(table)}" keeps old files for {hours} hours;'
            f" a job may read it for {longest}.",
            hint=f"set the table's property {key} to 'interval {longest} hours' or more"
            " and erase again; if nobody reads the table, pass a longest_job of zero.",
            code="E620",
        )

    @classmethod
    def missing_folder(cls, named: str) -> RevocationRefused:
        """Say which folder of an erasure is not there."""
        return cls(
            f"{named} is no folder that this process reaches.",
            hint="correct its path: an erasure searches every folder that it is given.",
            code="E621",
        )

    @classmethod
    def unknown_retention(cls, table: str, key: str) -> RevocationRefused:
        """Say that a table's retention is not understood."""
        return cls(
            f'the property {key} of the table of "{printable(table)}" is no interval of'
            " weeks, days, hours, minutes and seconds.",
            hint=f"ALTER TABLE … SET TBLPROPERTIES ('{key}' = 'interval 168 hours')",
            code="E622",
        )

    @classmethod
    def not_erasable(cls, asset: str, why: str) -> RevocationRefused:
        """Say which asset an erasure cannot be about."""
        return cls(
            f'"{printable(asset)}" {printable(why)}.',
            hint="gold maps asset names of this party to table names, such as"
            " catalog.schema.table.",
            code="E623",
        )

    @classmethod
    def undeletable_files(cls, named: str) -> RevocationRefused:
        """Say where applied files cannot be deleted."""
        return cls(
            f"{named} has files with the token of an erased subject, and they cannot be"
            " deleted.",
            hint="run the erasure as a user who may delete files there.",
            code="E624",
        )

    @classmethod
    def release_record(cls, file: str) -> RevocationRefused:
        """Say that a file is no record of a release."""
        return cls(
            "expected the commit metadata of a release as JSON, got"
            f' "{printable(file)}" without it.',
            hint="write column userMetadata of DESCRIBE HISTORY of the release's table"
            " into a file of its own; docs/howto/revoke.md has the statement.",
            code="E630",
        )

    @classmethod
    def no_section(cls, contract: str) -> RevocationRefused:
        """Say that the contract does not speak of revocation."""
        return cls(
            "expected a section [revocation], whose limits the command needs, got"
            f' contract "{printable(contract)}" without one.',
            hint="add it in the contract's next revision: docs/howto/revoke.md.",
            code="E631",
        )

    @classmethod
    def never_applied(cls) -> RevocationRefused:
        """Say that the state has no heartbeat: no run of the job has ended."""
        return cls(
            "expected a consent state with a heartbeat, got one without: no run of the"
            " revocation job has ended.",
            hint="run the job once, even if there is no event: `cleanroom-join"
            " revocation apply`, or notebooks/revocation_job.py.",
            code="E632",
        )

    @classmethod
    def kafka_argument(cls, name: str, argument: str) -> RevocationRefused:
        """Say that a Kafka option is an argument."""
        return cls(
            f"the Kafka option {name} is the argument {argument} of kafka_lines.",
            hint=f"leave the option out, and give {argument}.",
            code="E640",
        )

    @classmethod
    def needs_attention(cls, sentences: tuple[str, ...]) -> RevocationRefused:
        """Repeat what a privacy officer must know; its counts are coarse."""
        return cls(
            " ".join(sentences),
            hint="everything at the source is applied all the same;"
            " docs/howto/revoke.md says what to do about each sentence.",
            code="E633",
        )

    @classmethod
    def kafka_option(cls, name: str, only: str) -> RevocationRefused:
        """Say that another value of a Kafka option loses or invents events."""
        return cls(
            f"the Kafka option {name} must be {only}: any other value could lose an"
            " event, or take one that nobody sent.",
            hint="leave the option out; kafka_lines sets it.",
            code="E640",
        )

    @classmethod
    def unknown_kafka_option(cls, name: str) -> RevocationRefused:
        """Say that a Kafka option is not known to keep every event."""
        return cls(
            f"the Kafka option {name} is none of those that change no event: expected"
            " one that begins with kafka., or one that kafka_lines lists.",
            hint="leave the option out.",
            code="E640",
        )

    @classmethod
    def no_kafka(cls) -> RevocationRefused:
        """Say that the session lacks the Kafka source."""
        return cls(
            "this Spark session cannot read Kafka: the jars of Spark's Kafka source are"
            " not on its class path.",
            hint="on your machine local_session(kafka=True) brings them; on Databricks"
            " every session has them.",
            code="E641",
        )

    @classmethod
    def lost_at_kafka(cls) -> RevocationRefused:
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
    def no_raw_form(cls, asset: str) -> RevocationRefused:
        """Say that no subject of an asset has an identifier of one kind."""
        return cls(
            f"no subject of {quoted(asset)} has an identifier of one kind: a line holds"
            " one identifier, and cannot name a subject by several together.",
            hint="send tokens: the party's own system tokenises before it writes the"
            " topic.",
            code="E643",
        )
