CREATE TABLE "event_types" (
	"tenant_key" integer NOT NULL,
	"type" text COLLATE "C" NOT NULL,
	"events" bigint NOT NULL,
	"first_seen" timestamp with time zone NOT NULL,
	"last_seen" timestamp with time zone NOT NULL,
	CONSTRAINT "event_types_tenant_key_type_pk" PRIMARY KEY("tenant_key","type")
);
