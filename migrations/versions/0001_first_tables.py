"""First tables."""

import sqlalchemy as sa
from alembic import op

from bot.db import types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "budget_shares",
        sa.Column("deliverer_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", types.Timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("deliverer_id", name=op.f("pk_budget_shares")),
    )
    op.create_index(op.f("ix_budget_shares_seen_at"), "budget_shares", ["seen_at"], unique=False)
    op.create_table(
        "due_times",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.String(length=48), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.String(length=255), nullable=False),
        sa.Column("due_at", types.Timestamp(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_times")),
        sa.UniqueConstraint("job", "subject_id", name=op.f("uq_due_times_job_subject_id")),
    )
    op.create_index(op.f("ix_due_times_due_at"), "due_times", ["due_at"], unique=False)
    op.create_index(op.f("ix_due_times_subject_id"), "due_times", ["subject_id"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("event_key", sa.String(length=255), nullable=False),
        sa.Column("received_at", types.Timestamp(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", sa.String(length=255), nullable=False),
        sa.Column("result", sa.String(length=32), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("sender", "event_key", name=op.f("uq_inbox_sender_event_key")),
    )
    op.create_index(op.f("ix_inbox_lead_id"), "inbox", ["lead_id"], unique=False)
    op.create_index(op.f("ix_inbox_received_at"), "inbox", ["received_at"], unique=False)
    op.create_table(
        "job_ticks",
        sa.Column("job", sa.String(length=48), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.String(length=255), nullable=False),
        sa.Column("at", types.Timestamp(), nullable=False),
        sa.PrimaryKeyConstraint("job", "subject_id", "slot", name=op.f("pk_job_ticks")),
    )
    op.create_index(op.f("ix_job_ticks_at"), "job_ticks", ["at"], unique=False)
    op.create_table(
        "living_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("view", sa.String(length=48), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=255), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=True),
        sa.Column("ts", sa.String(length=32), nullable=True),
        sa.Column("stale_version", sa.Integer(), nullable=False),
        sa.Column("sent_version", sa.Integer(), nullable=False),
        sa.Column("posted_at", types.Timestamp(), nullable=True),
        sa.Column("refreshed_at", types.Timestamp(), nullable=True),
        sa.CheckConstraint("sent_version <= stale_version", name=op.f("ck_living_messages_never_ahead")),
        sa.CheckConstraint("ts IS NULL OR channel IS NOT NULL", name=op.f("ck_living_messages_ts_has_channel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_living_messages")),
        sa.UniqueConstraint("view", "subject_id", "place", name=op.f("uq_living_messages_view_subject_id_place")),
    )
    op.create_index("ix_living_messages_subject", "living_messages", ["subject_id"], unique=False)
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("slack_user_id", sa.String(length=32), nullable=True),
        sa.Column("dm_channel", sa.String(length=32), nullable=True),
        sa.Column("channel", sa.String(length=255), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("timezone_overridden", sa.Boolean(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("hours", sa.String(length=255), nullable=True),
        sa.Column("skills", types.Json, nullable=False),
        sa.Column("weight", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("open_lead_cap", sa.Integer(), nullable=True),
        sa.Column("on_call", sa.Boolean(), nullable=False),
        sa.Column("turn", sa.Double(), nullable=False),
        sa.Column("last_assigned_at", types.Timestamp(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.Timestamp(), nullable=False),
        sa.CheckConstraint("weight > 0", name=op.f("ck_people_weight_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
        sa.UniqueConstraint("slack_user_id", name=op.f("uq_people_slack_user_id")),
    )
    op.create_table(
        "playbook_versions",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stored_at", types.Timestamp(), nullable=False),
        sa.Column("stored_by", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_playbook_versions")),
    )
    op.create_index(op.f("ix_playbook_versions_fingerprint"), "playbook_versions", ["fingerprint"], unique=False)
    op.create_table(
        "seen_requests",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("at", types.Timestamp(), nullable=False),
        sa.Column("answer", types.Json, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_seen_requests")),
    )
    op.create_index(op.f("ix_seen_requests_at"), "seen_requests", ["at"], unique=False)
    op.create_table(
        "settings",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("value", types.Json, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_settings")),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("brand_name", sa.String(length=255), nullable=True),
        sa.Column("postal_address", sa.String(length=255), nullable=True),
        sa.Column("domain", sa.String(length=255), nullable=True),
        sa.Column("inbound_channel", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("name_key", types.SortedText, nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=True),
        sa.Column("industry", sa.String(length=255), nullable=True),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column(
            "stage",
            sa.Enum(
                "anonymous",
                "prospect",
                "lead",
                "opportunity",
                "client",
                "champion",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("csm_id", sa.Uuid(), nullable=True),
        sa.Column("last_activity_at", types.Timestamp(), nullable=True),
        sa.Column("created_at", types.Timestamp(), nullable=False),
        sa.CheckConstraint("employees IS NULL OR employees >= 0", name=op.f("ck_accounts_employees_not_negative")),
        sa.ForeignKeyConstraint(["csm_id"], ["people.id"], name=op.f("fk_accounts_csm_id_people"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["people.id"], name=op.f("fk_accounts_owner_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("domain", name=op.f("uq_accounts_domain")),
    )
    op.create_index(op.f("ix_accounts_name_key"), "accounts", ["name_key"], unique=False)
    op.create_index(op.f("ix_accounts_owner_id"), "accounts", ["owner_id"], unique=False)
    op.create_table(
        "alignments",
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.Column("ae_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("rep_id <> ae_id", name=op.f("ck_alignments_not_self")),
        sa.ForeignKeyConstraint(["ae_id"], ["people.id"], name=op.f("fk_alignments_ae_id_people"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["rep_id"], ["people.id"], name=op.f("fk_alignments_rep_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("rep_id", "ae_id", name=op.f("pk_alignments")),
        sa.UniqueConstraint("rep_id", "position", name=op.f("uq_alignments_rep_id_position")),
    )
    op.create_index(op.f("ix_alignments_ae_id"), "alignments", ["ae_id"], unique=False)
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("command", sa.String(length=48), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("at", types.Timestamp(), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=True),
        sa.Column("detail", types.Json, nullable=False),
        sa.Column("undo", types.Json, nullable=True),
        sa.Column("causation_id", sa.Uuid(), nullable=True),
        sa.Column("undone_at", types.Timestamp(), nullable=True),
        sa.Column("playbook_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["people.id"], name=op.f("fk_audit_log_actor_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index(op.f("ix_audit_log_actor_id"), "audit_log", ["actor_id"], unique=False)
    op.create_index(op.f("ix_audit_log_at"), "audit_log", ["at"], unique=False)
    op.create_index(op.f("ix_audit_log_causation_id"), "audit_log", ["causation_id"], unique=False)
    op.create_index(op.f("ix_audit_log_command"), "audit_log", ["command"], unique=False)
    op.create_index(op.f("ix_audit_log_subject_id"), "audit_log", ["subject_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("lane", sa.String(length=255), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("living_id", sa.Uuid(), nullable=True),
        sa.Column("notice", types.Json, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lookups", sa.Integer(), nullable=False),
        sa.Column("not_before", types.Timestamp(), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", types.Timestamp(), nullable=True),
        sa.Column("sending_at", types.Timestamp(), nullable=True),
        sa.Column("created_at", types.Timestamp(), nullable=False),
        sa.Column("finished_at", types.Timestamp(), nullable=True),
        sa.Column("slack_channel", sa.String(length=32), nullable=True),
        sa.Column("slack_ts", sa.String(length=32), nullable=True),
        sa.Column("last_error", sa.String(length=255), nullable=True),
        sa.CheckConstraint("(state = 'claimed') = (lease_token IS NOT NULL)", name=op.f("ck_outbox_claimed_has_lease")),
        sa.CheckConstraint(
            "state IN ('ready', 'claimed', 'unknown', 'sent', 'dead')", name=op.f("ck_outbox_known_state")
        ),
        sa.CheckConstraint("(lease_token IS NULL) = (lease_until IS NULL)", name=op.f("ck_outbox_lease_is_whole")),
        sa.ForeignKeyConstraint(
            ["living_id"], ["living_messages.id"], name=op.f("fk_outbox_living_id_living_messages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_live_due",
        "outbox",
        ["not_before"],
        unique=False,
        sqlite_where=sa.text("state IN ('ready', 'claimed', 'unknown')"),
        postgresql_where=sa.text("state IN ('ready', 'claimed', 'unknown')"),
    )
    op.create_index(
        "ix_outbox_live_lane",
        "outbox",
        ["lane", "priority", "seq"],
        unique=False,
        sqlite_where=sa.text("state IN ('ready', 'claimed', 'unknown')"),
        postgresql_where=sa.text("state IN ('ready', 'claimed', 'unknown')"),
    )
    op.create_index(op.f("ix_outbox_living_id"), "outbox", ["living_id"], unique=False)
    op.create_table(
        "person_roles",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "mrr",
                "sdr",
                "ae",
                "csm",
                "marketing",
                "manager",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_roles_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_person_roles")),
    )
    op.create_table(
        "suppressions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value_hash", sa.String(length=64), nullable=False),
        sa.Column("covers", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("created_at", types.Timestamp(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("causation_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("covers IN ('all', 'email', 'call')", name=op.f("ck_suppressions_known_cover")),
        sa.CheckConstraint("kind IN ('email', 'domain', 'phone')", name=op.f("ck_suppressions_known_kind")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_suppressions_created_by_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppressions")),
        sa.UniqueConstraint("kind", "value_hash", "covers", name=op.f("uq_suppressions_kind_value_hash_covers")),
    )
    op.create_index(op.f("ix_suppressions_causation_id"), "suppressions", ["causation_id"], unique=False)
    op.create_index(op.f("ix_suppressions_value_hash"), "suppressions", ["value_hash"], unique=False)
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("manages", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_team_members_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "person_id", name=op.f("pk_team_members")),
    )
    op.create_index(op.f("ix_team_members_person_id"), "team_members", ["person_id"], unique=False)
    op.create_table(
        "time_off",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("cover_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("cover_id IS NULL OR cover_id <> person_id", name=op.f("ck_time_off_cover_is_another")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_time_off_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["cover_id"], ["people.id"], name=op.f("fk_time_off_cover_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_time_off_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_off")),
    )
    op.create_index(op.f("ix_time_off_person_id"), "time_off", ["person_id"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("first_name", sa.String(length=255), nullable=False),
        sa.Column("last_name", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("linkedin", sa.String(length=255), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column(
            "stage",
            sa.Enum(
                "anonymous",
                "prospect",
                "lead",
                "opportunity",
                "client",
                "champion",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "referral",
                "free_trial",
                "tool",
                "webinar",
                "whitepaper",
                "newsletter",
                "live_event",
                "tradeshow",
                "affiliate",
                "pay_per_click",
                "social",
                "community",
                "contact_form",
                "list",
                "other",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("external_ids", types.Json, nullable=False),
        sa.Column("extra", types.Json, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("last_touched_at", types.Timestamp(), nullable=True),
        sa.Column("created_at", types.Timestamp(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_contacts_account_id_accounts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["people.id"], name=op.f("fk_contacts_owner_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("email", name=op.f("uq_contacts_email")),
    )
    op.create_index(op.f("ix_contacts_account_id"), "contacts", ["account_id"], unique=False)
    op.create_index(op.f("ix_contacts_owner_id"), "contacts", ["owner_id"], unique=False)
    op.create_index(op.f("ix_contacts_phone"), "contacts", ["phone"], unique=False)
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("given_at", types.Timestamp(), nullable=False),
        sa.Column("expires_at", types.Timestamp(), nullable=True),
        sa.Column("withdrawn_at", types.Timestamp(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_consents_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_contact_id"), "consents", ["contact_id"], unique=False)
    op.create_table(
        "leads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "claimed",
                "responded",
                "handed_off",
                "recycled",
                "junk",
                "disqualified",
                "closed",
                name="leadstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "intent",
            sa.Enum(
                "contact_me",
                "trial_request",
                "download",
                "webinar",
                "newsletter",
                "event",
                "referral",
                "tool",
                "social",
                "list",
                "other",
                name="intent",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("hot", sa.Boolean(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "referral",
                "free_trial",
                "tool",
                "webinar",
                "whitepaper",
                "newsletter",
                "live_event",
                "tradeshow",
                "affiliate",
                "pay_per_click",
                "social",
                "community",
                "contact_form",
                "list",
                "other",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("owner_reason", types.Json, nullable=False),
        sa.Column("raised_at", types.Timestamp(), nullable=False),
        sa.Column("received_at", types.Timestamp(), nullable=False),
        sa.Column("owned_at", types.Timestamp(), nullable=True),
        sa.Column("shift_held", sa.Boolean(), nullable=False),
        sa.Column("seen_at", types.Timestamp(), nullable=True),
        sa.Column("claimed_at", types.Timestamp(), nullable=True),
        sa.Column("claimed_by_id", sa.Uuid(), nullable=True),
        sa.Column("response_due_at", types.Timestamp(), nullable=True),
        sa.Column("first_response_at", types.Timestamp(), nullable=True),
        sa.Column("first_response_by_id", sa.Uuid(), nullable=True),
        sa.Column("response_on_shift_seconds", sa.Integer(), nullable=True),
        sa.Column("breached_at", types.Timestamp(), nullable=True),
        sa.Column("breach_cause", sa.String(length=32), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed_at", types.Timestamp(), nullable=True),
        sa.Column("close_reason", sa.String(length=255), nullable=True),
        sa.Column("playbook_version", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (state IN ('open', 'claimed', 'responded'))",
            name=op.f("ck_leads_closed_state_has_date"),
        ),
        sa.CheckConstraint("(claimed_at IS NULL) = (claimed_by_id IS NULL)", name=op.f("ck_leads_claim_is_whole")),
        sa.CheckConstraint(
            "first_response_at IS NULL OR first_response_by_id IS NOT NULL", name=op.f("ck_leads_response_has_rep")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_leads_account_id_accounts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["claimed_by_id"], ["people.id"], name=op.f("fk_leads_claimed_by_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_leads_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["first_response_by_id"],
            ["people.id"],
            name=op.f("fk_leads_first_response_by_id_people"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["people.id"], name=op.f("fk_leads_owner_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
    )
    op.create_index(op.f("ix_leads_account_id"), "leads", ["account_id"], unique=False)
    op.create_index(op.f("ix_leads_contact_id"), "leads", ["contact_id"], unique=False)
    op.create_index("ix_leads_owner_open", "leads", ["owner_id", "closed_at"], unique=False)
    op.create_index(op.f("ix_leads_raised_at"), "leads", ["raised_at"], unique=False)
    op.create_index(
        "uq_leads_open_contact",
        "leads",
        ["contact_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "name_tokens",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("token", types.SortedText, nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(contact_id IS NULL) <> (account_id IS NULL)", name=op.f("ck_name_tokens_one_subject")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_name_tokens_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_name_tokens_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_tokens")),
    )
    op.create_index(op.f("ix_name_tokens_token"), "name_tokens", ["token"], unique=False)
    op.create_index(
        "uq_name_tokens_account_id_token",
        "name_tokens",
        ["account_id", "token"],
        unique=True,
        sqlite_where=sa.text("account_id IS NOT NULL"),
        postgresql_where=sa.text("account_id IS NOT NULL"),
    )
    op.create_index(
        "uq_name_tokens_contact_id_token",
        "name_tokens",
        ["contact_id", "token"],
        unique=True,
        sqlite_where=sa.text("contact_id IS NOT NULL"),
        postgresql_where=sa.text("contact_id IS NOT NULL"),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("reason", types.Json, nullable=False),
        sa.Column("at", types.Timestamp(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_assignments_by_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_assignments_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_assignments_person_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index(op.f("ix_assignments_lead_id"), "assignments", ["lead_id"], unique=False)
    op.create_index(op.f("ix_assignments_person_id"), "assignments", ["person_id"], unique=False)
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("segment", sa.String(length=255), nullable=True),
        sa.Column("variant", sa.String(length=255), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=255), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("state", types.Json, nullable=False),
        sa.Column("ended_at", types.Timestamp(), nullable=True),
        sa.Column("end_reason", sa.String(length=255), nullable=True),
        sa.Column("playbook_version", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('cadence', 'follow_up')", name=op.f("ck_enrolments_known_kind")),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_enrolments_end_has_reason")),
        sa.CheckConstraint("round >= 1", name=op.f("ck_enrolments_round_from_one")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_enrolments_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_enrolments_lead_id_leads"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_enrolments_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
    )
    op.create_index(op.f("ix_enrolments_next_due_on"), "enrolments", ["next_due_on"], unique=False)
    op.create_index(
        "uq_enrolments_live_contact",
        "enrolments",
        ["contact_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "hand_raises",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("inbox_id", sa.Uuid(), nullable=True),
        sa.Column(
            "intent",
            sa.Enum(
                "contact_me",
                "trial_request",
                "download",
                "webinar",
                "newsletter",
                "event",
                "referral",
                "tool",
                "social",
                "list",
                "other",
                name="intent",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "referral",
                "free_trial",
                "tool",
                "webinar",
                "whitepaper",
                "newsletter",
                "live_event",
                "tradeshow",
                "affiliate",
                "pay_per_click",
                "social",
                "community",
                "contact_form",
                "list",
                "other",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("raised_at", types.Timestamp(), nullable=False),
        sa.Column("extra", types.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["inbox_id"], ["inbox.id"], name=op.f("fk_hand_raises_inbox_id_inbox"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_hand_raises_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_raises")),
    )
    op.create_index(op.f("ix_hand_raises_lead_id"), "hand_raises", ["lead_id"], unique=False)
    op.create_table(
        "handoffs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.Column("ae_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("contract", types.Json, nullable=False),
        sa.Column("ae_reason", sa.String(length=255), nullable=False),
        sa.Column("created_at", types.Timestamp(), nullable=False),
        sa.Column("answered_at", types.Timestamp(), nullable=True),
        sa.Column("ended_at", types.Timestamp(), nullable=True),
        sa.Column("end_reason", sa.String(length=255), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ae_id"], ["people.id"], name=op.f("fk_handoffs_ae_id_people"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_handoffs_lead_id_leads"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["rep_id"], ["people.id"], name=op.f("fk_handoffs_rep_id_people"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoffs")),
    )
    op.create_index(op.f("ix_handoffs_ae_id"), "handoffs", ["ae_id"], unique=False)
    op.create_index(
        "uq_handoffs_live_lead",
        "handoffs",
        ["lead_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "lead_alerts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("at", types.Timestamp(), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_lead_alerts_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_lead_alerts_person_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_alerts")),
    )
    op.create_index(op.f("ix_lead_alerts_lead_id"), "lead_alerts", ["lead_id"], unique=False)
    op.create_table(
        "lead_moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column(
            "from_state",
            sa.Enum(
                "open",
                "claimed",
                "responded",
                "handed_off",
                "recycled",
                "junk",
                "disqualified",
                "closed",
                name="from_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "open",
                "claimed",
                "responded",
                "handed_off",
                "recycled",
                "junk",
                "disqualified",
                "closed",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", types.Timestamp(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("causation_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_lead_moves_by_id_people"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_lead_moves_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_moves")),
    )
    op.create_index(op.f("ix_lead_moves_causation_id"), "lead_moves", ["causation_id"], unique=False)
    op.create_index(op.f("ix_lead_moves_lead_id"), "lead_moves", ["lead_id"], unique=False)
    op.create_table(
        "score_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column(
            "part",
            sa.Enum(
                "demographic",
                "firmographic",
                "behavioural",
                "negative",
                name="scorepart",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("at", types.Timestamp(), nullable=False),
        sa.Column("playbook_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_score_entries_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_score_entries_lead_id_leads"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_entries")),
    )
    op.create_index(op.f("ix_score_entries_contact_id"), "score_entries", ["contact_id"], unique=False)
    op.create_index(op.f("ix_score_entries_lead_id"), "score_entries", ["lead_id"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("due_at", types.Timestamp(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("done_at", types.Timestamp(), nullable=True),
        sa.Column("causation_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_tasks_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_tasks_lead_id_leads"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_tasks_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_causation_id"), "tasks", ["causation_id"], unique=False)
    op.create_index(op.f("ix_tasks_contact_id"), "tasks", ["contact_id"], unique=False)
    op.create_index("ix_tasks_person_due", "tasks", ["person_id", "due_at"], unique=False)
    op.create_table(
        "touches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "email",
                "call",
                "voicemail",
                "social",
                "meeting",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "connected",
                "voicemail",
                "no_answer",
                "busy",
                "gatekeeper",
                "wrong_number",
                "callback",
                "not_now",
                "referral",
                "meeting_booked",
                "not_interested",
                "do_not_call",
                "sent",
                "reply_positive",
                "reply_negative",
                "out_of_office",
                "bounced",
                "opted_out",
                "followed",
                "replied",
                "commented",
                "shared",
                "they_responded",
                "held",
                "no_show",
                "rescheduled",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("happened_at", types.Timestamp(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("follow_up_at", types.Timestamp(), nullable=True),
        sa.Column("said_by", sa.String(length=255), nullable=True),
        sa.Column("referral_name", sa.String(length=255), nullable=True),
        sa.Column("referral_email", sa.String(length=320), nullable=True),
        sa.Column("duration_minutes", sa.Integer(), nullable=True),
        sa.Column("gate", sa.String(length=255), nullable=True),
        sa.Column("logged_at", types.Timestamp(), nullable=False),
        sa.Column("causation_id", sa.Uuid(), nullable=True),
        sa.Column("corrected_at", types.Timestamp(), nullable=True),
        sa.Column("undone_at", types.Timestamp(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "duration_minutes IS NULL OR duration_minutes >= 0", name=op.f("ck_touches_duration_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_touches_account_id_accounts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_touches_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_touches_lead_id_leads"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_touches_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touches")),
    )
    op.create_index(op.f("ix_touches_account_id"), "touches", ["account_id"], unique=False)
    op.create_index(op.f("ix_touches_causation_id"), "touches", ["causation_id"], unique=False)
    op.create_index("ix_touches_contact_at", "touches", ["contact_id", "happened_at"], unique=False)
    op.create_index(op.f("ix_touches_lead_id"), "touches", ["lead_id"], unique=False)
    op.create_index("ix_touches_person_at", "touches", ["person_id", "happened_at"], unique=False)
    op.create_table(
        "meetings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("starts_at", types.Timestamp(), nullable=False),
        sa.Column("ends_at", types.Timestamp(), nullable=False),
        sa.Column("uid", sa.String(length=255), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("causation_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meetings_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_meetings_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoffs.id"], name=op.f("fk_meetings_handoff_id_handoffs"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_meetings_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("uid", name=op.f("uq_meetings_uid")),
    )
    op.create_index(op.f("ix_meetings_causation_id"), "meetings", ["causation_id"], unique=False)
    op.create_index(op.f("ix_meetings_contact_id"), "meetings", ["contact_id"], unique=False)
    op.create_index(op.f("ix_meetings_handoff_id"), "meetings", ["handoff_id"], unique=False)
    op.create_index(op.f("ix_meetings_person_id"), "meetings", ["person_id"], unique=False)
    op.create_table(
        "opportunities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("handoff_id", sa.Uuid(), nullable=True),
        sa.Column("ae_id", sa.Uuid(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("expected_close_on", sa.Date(), nullable=True),
        sa.Column("qualified_at", types.Timestamp(), nullable=False),
        sa.Column("closed_at", types.Timestamp(), nullable=True),
        sa.Column("close_reason", sa.String(length=255), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (state IN ('qualified', 'proposal'))", name=op.f("ck_opportunities_closed_has_date")
        ),
        sa.CheckConstraint("kind IN ('new', 'add_on', 'renewal')", name=op.f("ck_opportunities_known_kind")),
        sa.CheckConstraint(
            "state IN ('qualified', 'proposal', 'won', 'lost')", name=op.f("ck_opportunities_known_state")
        ),
        sa.CheckConstraint("amount_cents >= 0", name=op.f("ck_opportunities_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_opportunities_account_id_accounts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["ae_id"], ["people.id"], name=op.f("fk_opportunities_ae_id_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_opportunities_contact_id_contacts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoffs.id"], name=op.f("fk_opportunities_handoff_id_handoffs"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_opportunities_lead_id_leads"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["rep_id"], ["people.id"], name=op.f("fk_opportunities_rep_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opportunities")),
    )
    op.create_index(op.f("ix_opportunities_account_id"), "opportunities", ["account_id"], unique=False)
    op.create_index(op.f("ix_opportunities_ae_id"), "opportunities", ["ae_id"], unique=False)
    op.create_index(op.f("ix_opportunities_contact_id"), "opportunities", ["contact_id"], unique=False)
    op.create_index(op.f("ix_opportunities_rep_id"), "opportunities", ["rep_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_opportunities_rep_id"), table_name="opportunities")
    op.drop_index(op.f("ix_opportunities_contact_id"), table_name="opportunities")
    op.drop_index(op.f("ix_opportunities_ae_id"), table_name="opportunities")
    op.drop_index(op.f("ix_opportunities_account_id"), table_name="opportunities")
    op.drop_table("opportunities")
    op.drop_index(op.f("ix_meetings_person_id"), table_name="meetings")
    op.drop_index(op.f("ix_meetings_handoff_id"), table_name="meetings")
    op.drop_index(op.f("ix_meetings_contact_id"), table_name="meetings")
    op.drop_index(op.f("ix_meetings_causation_id"), table_name="meetings")
    op.drop_table("meetings")
    op.drop_index("ix_touches_person_at", table_name="touches")
    op.drop_index(op.f("ix_touches_lead_id"), table_name="touches")
    op.drop_index("ix_touches_contact_at", table_name="touches")
    op.drop_index(op.f("ix_touches_causation_id"), table_name="touches")
    op.drop_index(op.f("ix_touches_account_id"), table_name="touches")
    op.drop_table("touches")
    op.drop_index("ix_tasks_person_due", table_name="tasks")
    op.drop_index(op.f("ix_tasks_contact_id"), table_name="tasks")
    op.drop_index(op.f("ix_tasks_causation_id"), table_name="tasks")
    op.drop_table("tasks")
    op.drop_index(op.f("ix_score_entries_lead_id"), table_name="score_entries")
    op.drop_index(op.f("ix_score_entries_contact_id"), table_name="score_entries")
    op.drop_table("score_entries")
    op.drop_index(op.f("ix_lead_moves_lead_id"), table_name="lead_moves")
    op.drop_index(op.f("ix_lead_moves_causation_id"), table_name="lead_moves")
    op.drop_table("lead_moves")
    op.drop_index(op.f("ix_lead_alerts_lead_id"), table_name="lead_alerts")
    op.drop_table("lead_alerts")
    op.drop_index(
        "uq_handoffs_live_lead",
        table_name="handoffs",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_handoffs_ae_id"), table_name="handoffs")
    op.drop_table("handoffs")
    op.drop_index(op.f("ix_hand_raises_lead_id"), table_name="hand_raises")
    op.drop_table("hand_raises")
    op.drop_index(
        "uq_enrolments_live_contact",
        table_name="enrolments",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_enrolments_next_due_on"), table_name="enrolments")
    op.drop_table("enrolments")
    op.drop_index(op.f("ix_assignments_person_id"), table_name="assignments")
    op.drop_index(op.f("ix_assignments_lead_id"), table_name="assignments")
    op.drop_table("assignments")
    op.drop_index(
        "uq_name_tokens_contact_id_token",
        table_name="name_tokens",
        sqlite_where=sa.text("contact_id IS NOT NULL"),
        postgresql_where=sa.text("contact_id IS NOT NULL"),
    )
    op.drop_index(
        "uq_name_tokens_account_id_token",
        table_name="name_tokens",
        sqlite_where=sa.text("account_id IS NOT NULL"),
        postgresql_where=sa.text("account_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_name_tokens_token"), table_name="name_tokens")
    op.drop_table("name_tokens")
    op.drop_index(
        "uq_leads_open_contact",
        table_name="leads",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index(op.f("ix_leads_raised_at"), table_name="leads")
    op.drop_index("ix_leads_owner_open", table_name="leads")
    op.drop_index(op.f("ix_leads_contact_id"), table_name="leads")
    op.drop_index(op.f("ix_leads_account_id"), table_name="leads")
    op.drop_table("leads")
    op.drop_index(op.f("ix_consents_contact_id"), table_name="consents")
    op.drop_table("consents")
    op.drop_index(op.f("ix_contacts_phone"), table_name="contacts")
    op.drop_index(op.f("ix_contacts_owner_id"), table_name="contacts")
    op.drop_index(op.f("ix_contacts_account_id"), table_name="contacts")
    op.drop_table("contacts")
    op.drop_index(op.f("ix_time_off_person_id"), table_name="time_off")
    op.drop_table("time_off")
    op.drop_index(op.f("ix_team_members_person_id"), table_name="team_members")
    op.drop_table("team_members")
    op.drop_index(op.f("ix_suppressions_value_hash"), table_name="suppressions")
    op.drop_index(op.f("ix_suppressions_causation_id"), table_name="suppressions")
    op.drop_table("suppressions")
    op.drop_table("person_roles")
    op.drop_index(op.f("ix_outbox_living_id"), table_name="outbox")
    op.drop_index(
        "ix_outbox_live_lane",
        table_name="outbox",
        sqlite_where=sa.text("state IN ('ready', 'claimed', 'unknown')"),
        postgresql_where=sa.text("state IN ('ready', 'claimed', 'unknown')"),
    )
    op.drop_index(
        "ix_outbox_live_due",
        table_name="outbox",
        sqlite_where=sa.text("state IN ('ready', 'claimed', 'unknown')"),
        postgresql_where=sa.text("state IN ('ready', 'claimed', 'unknown')"),
    )
    op.drop_table("outbox")
    op.drop_index(op.f("ix_audit_log_subject_id"), table_name="audit_log")
    op.drop_index(op.f("ix_audit_log_command"), table_name="audit_log")
    op.drop_index(op.f("ix_audit_log_causation_id"), table_name="audit_log")
    op.drop_index(op.f("ix_audit_log_at"), table_name="audit_log")
    op.drop_index(op.f("ix_audit_log_actor_id"), table_name="audit_log")
    op.drop_table("audit_log")
    op.drop_index(op.f("ix_alignments_ae_id"), table_name="alignments")
    op.drop_table("alignments")
    op.drop_index(op.f("ix_accounts_owner_id"), table_name="accounts")
    op.drop_index(op.f("ix_accounts_name_key"), table_name="accounts")
    op.drop_table("accounts")
    op.drop_table("teams")
    op.drop_table("settings")
    op.drop_index(op.f("ix_seen_requests_at"), table_name="seen_requests")
    op.drop_table("seen_requests")
    op.drop_index(op.f("ix_playbook_versions_fingerprint"), table_name="playbook_versions")
    op.drop_table("playbook_versions")
    op.drop_table("people")
    op.drop_index("ix_living_messages_subject", table_name="living_messages")
    op.drop_table("living_messages")
    op.drop_index(op.f("ix_job_ticks_at"), table_name="job_ticks")
    op.drop_table("job_ticks")
    op.drop_index(op.f("ix_inbox_received_at"), table_name="inbox")
    op.drop_index(op.f("ix_inbox_lead_id"), table_name="inbox")
    op.drop_table("inbox")
    op.drop_index(op.f("ix_due_times_subject_id"), table_name="due_times")
    op.drop_index(op.f("ix_due_times_due_at"), table_name="due_times")
    op.drop_table("due_times")
    op.drop_index(op.f("ix_budget_shares_seen_at"), table_name="budget_shares")
    op.drop_table("budget_shares")
