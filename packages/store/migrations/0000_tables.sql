CREATE TABLE "achievement_versions" (
	"tenant_key" integer NOT NULL,
	"slug" text COLLATE "C" NOT NULL,
	"version" integer NOT NULL,
	"definition_key" integer GENERATED ALWAYS AS IDENTITY (sequence name "achievement_versions_definition_key_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"pack" text COLLATE "C" NOT NULL,
	"definition" jsonb NOT NULL,
	"log_seq" bigint NOT NULL,
	"published_at" timestamp with time zone NOT NULL,
	"published_by" text NOT NULL,
	"retired_seq" bigint,
	CONSTRAINT "achievement_versions_tenant_key_slug_version_pk" PRIMARY KEY("tenant_key","slug","version"),
	CONSTRAINT "achievement_versions_definition_key_unique" UNIQUE("definition_key")
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"tenant_key" integer NOT NULL,
	"audit_id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject" jsonb NOT NULL,
	"reason" text,
	CONSTRAINT "audit_tenant_key_audit_id_pk" PRIMARY KEY("tenant_key","audit_id")
);
--> statement-breakpoint
CREATE TABLE "evaluators" (
	"owner" text COLLATE "C" PRIMARY KEY NOT NULL,
	"heartbeat_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "events" (
	"tenant_key" integer NOT NULL,
	"log_index" integer NOT NULL,
	"user_key" bigint NOT NULL,
	"log_seq" bigint NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"event_id_hash" uuid NOT NULL,
	"key_hash" uuid,
	"fingerprint" uuid,
	"payload_hash" uuid NOT NULL,
	"event_id" text NOT NULL,
	"matched" integer[],
	CONSTRAINT "events_tenant_key_event_id_hash_pk" PRIMARY KEY("tenant_key","event_id_hash")
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outbox_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"partition" smallint NOT NULL,
	"subject" text NOT NULL,
	"msg_id" text NOT NULL,
	"headers" jsonb,
	"payload" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "packs" (
	"tenant_key" integer NOT NULL,
	"pack" text COLLATE "C" NOT NULL,
	"log_seq" bigint NOT NULL,
	"content" jsonb NOT NULL,
	"published_at" timestamp with time zone NOT NULL,
	"published_by" text NOT NULL,
	CONSTRAINT "packs_tenant_key_pack_log_seq_pk" PRIMARY KEY("tenant_key","pack","log_seq")
);
--> statement-breakpoint
CREATE TABLE "partitions" (
	"partition" smallint PRIMARY KEY NOT NULL,
	"last_seq" bigint DEFAULT 0 NOT NULL,
	"epoch" bigint DEFAULT 0 NOT NULL,
	"owner" text,
	"lease_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "progress" (
	"tenant_key" integer NOT NULL,
	"version" integer NOT NULL,
	"user_key" bigint NOT NULL,
	"value" double precision NOT NULL,
	"threshold" double precision NOT NULL,
	"updated_seq" bigint NOT NULL,
	"slug" text COLLATE "C" NOT NULL,
	"status" text NOT NULL,
	"level" text,
	"period" text,
	CONSTRAINT "progress_tenant_key_user_key_slug_pk" PRIMARY KEY("tenant_key","user_key","slug")
);
--> statement-breakpoint
CREATE TABLE "projections" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"last_seq" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tenant_settings" (
	"tenant_key" integer NOT NULL,
	"log_seq" bigint NOT NULL,
	"timezone" text,
	"tier_order" text[],
	CONSTRAINT "tenant_settings_tenant_key_log_seq_pk" PRIMARY KEY("tenant_key","log_seq")
);
--> statement-breakpoint
CREATE TABLE "tenants" (
	"tenant_key" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "tenants_tenant_key_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"tenant_id" text COLLATE "C" NOT NULL,
	"timezone" text,
	"tier_order" text[],
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tenants_tenant_id_unique" UNIQUE("tenant_id")
);
--> statement-breakpoint
CREATE TABLE "tokens" (
	"tenant_key" integer NOT NULL,
	"token_id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"name" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	CONSTRAINT "tokens_tenant_key_token_id_pk" PRIMARY KEY("tenant_key","token_id"),
	CONSTRAINT "tokens_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "unlocks" (
	"tenant_key" integer NOT NULL,
	"version" integer NOT NULL,
	"user_key" bigint NOT NULL,
	"log_seq" bigint NOT NULL,
	"value" double precision NOT NULL,
	"threshold" double precision NOT NULL,
	"xp_reward" bigint NOT NULL,
	"xp_total" bigint NOT NULL,
	"unlocked_at" timestamp with time zone NOT NULL,
	"unlock_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"backfilled" boolean NOT NULL,
	"slug" text COLLATE "C" NOT NULL,
	"level" text COLLATE "C" NOT NULL,
	"period" text COLLATE "C" NOT NULL,
	"caused_by" text NOT NULL,
	"evidence" text[] NOT NULL,
	"message" text,
	"revoked_at" timestamp with time zone,
	"revoked_reason" text,
	CONSTRAINT "unlocks_tenant_key_user_key_slug_level_period_pk" PRIMARY KEY("tenant_key","user_key","slug","level","period"),
	CONSTRAINT "unlocks_tenant_key_unlock_id_unique" UNIQUE("tenant_key","unlock_id")
);
--> statement-breakpoint
CREATE TABLE "user_state" (
	"tenant_key" integer NOT NULL,
	"user_key" bigint NOT NULL,
	"last_seq" bigint NOT NULL,
	"state" "bytea" NOT NULL,
	CONSTRAINT "user_state_tenant_key_user_key_pk" PRIMARY KEY("tenant_key","user_key")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"tenant_key" integer NOT NULL,
	"user_key" bigint GENERATED ALWAYS AS IDENTITY (sequence name "users_user_key_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"user_id" text COLLATE "C" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_tenant_key_user_key_pk" PRIMARY KEY("tenant_key","user_key"),
	CONSTRAINT "users_tenant_key_user_id_unique" UNIQUE("tenant_key","user_id")
);
--> statement-breakpoint
CREATE TABLE "xp_entries" (
	"tenant_key" integer NOT NULL,
	"ordinal" integer NOT NULL,
	"user_key" bigint NOT NULL,
	"log_seq" bigint NOT NULL,
	"amount" bigint NOT NULL,
	"total_after" bigint NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"entry_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"slug" text COLLATE "C",
	"rule_id" text COLLATE "C",
	"caused_by" text NOT NULL,
	CONSTRAINT "xp_entries_tenant_key_user_key_entry_id_pk" PRIMARY KEY("tenant_key","user_key","entry_id")
);
--> statement-breakpoint
CREATE INDEX "audit_newest" ON "audit" USING btree ("tenant_key","at","audit_id");--> statement-breakpoint
CREATE UNIQUE INDEX "events_key_hash_unique" ON "events" USING btree ("tenant_key","key_hash") WHERE key_hash is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "events_fingerprint_unique" ON "events" USING btree ("tenant_key","fingerprint") WHERE fingerprint is not null;--> statement-breakpoint
CREATE INDEX "events_user_log_seq" ON "events" USING btree ("tenant_key","user_key","log_seq");--> statement-breakpoint
CREATE INDEX "unlocks_log_order" ON "unlocks" USING btree ("tenant_key","log_seq","ordinal","unlock_id");--> statement-breakpoint
CREATE INDEX "xp_entries_user_log_order" ON "xp_entries" USING btree ("tenant_key","user_key","log_seq","ordinal");