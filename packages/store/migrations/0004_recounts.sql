CREATE TABLE "recounts" (
	"tenant_key" integer NOT NULL,
	"log_seq" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"scanned_key" bigint DEFAULT 0 NOT NULL,
	"read_seq" bigint DEFAULT 0 NOT NULL,
	"slices" integer DEFAULT 1 NOT NULL,
	"slices_done" integer DEFAULT 0 NOT NULL,
	"partition" smallint NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"cause" text NOT NULL,
	"slugs" text[] NOT NULL,
	"xp_rules" text[] NOT NULL,
	CONSTRAINT "recounts_tenant_key_partition_log_seq_kind_pk" PRIMARY KEY("tenant_key","partition","log_seq","kind")
);
