"""The commands of ``handraiser``: thin, each importing what it needs when it runs, so that help is quick."""
