/* PostgreSQL by libpq. Parameters and results travel in binary. */
#include "store/internal.h"

#include <endian.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25, MAX_PARAMS = 64 };

struct stmt {
    struct db *db;
    char name[24];
    int columns;
    PGresult *result;
    int row;
    bool streamed;
    int64_t changed;
};

static PGconn *handle(const struct db *db)
{
    return db->handle;
}

static err_t error_of(struct db *db, const PGresult *r, const char *where)
{
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    if (!state || strncmp(state, "08", 2) == 0 || strncmp(state, "57P", 3) == 0 ||
        PQstatus(handle(db)) != CONNECTION_OK) {
        db->broken = true;
        log_warn("database_connection", "where=%s", where);
        return E_BUSY;
    }
    if (strcmp(state, "23505") == 0)
        return E_EXISTS;
    if (strncmp(state, "40", 2) == 0 || strcmp(state, "55P03") == 0)
        return E_BUSY;
    if (strcmp(state, "53100") == 0)
        return E_DISK_FULL;
    log_error("database", "where=%s state=%s message=\"%s\"", where, state,
              PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY));
    return E_DATABASE;
}

static struct stmt *stmt_new(struct db *db, const struct query *q)
{
    struct stmt *st = calloc(1, sizeof *st);
    if (!st)
        abort();
    st->db = db;
    st->columns = q->columns;
    snprintf(st->name, sizeof st->name, "q%lx", (unsigned long)(uintptr_t)q);
    return st;
}

static err_t prepare(struct db *db, const struct query *q, const struct stmt *st)
{
    Oid types[MAX_PARAMS];
    int n = (int)strlen(q->params);
    assert(n <= MAX_PARAMS);
    for (int i = 0; i < n; i++)
        types[i] = q->params[i] == 'i' ? OID_INT8 : q->params[i] == 't' ? OID_TEXT : OID_BYTEA;
    PGresult *r = PQprepare(handle(db), st->name, q->postgresql, n, types);
    err_t e = PQresultStatus(r) == PGRES_COMMAND_OK ? 0 : error_of(db, r, q->name);
    PQclear(r);
    return e;
}

/* Sends the statement with its values; the result is still to come. */
static bool send_values(struct db *db, const struct query *q, const struct stmt *st,
                        const union db_value *values)
{
    const char *p[MAX_PARAMS];
    int lengths[MAX_PARAMS], formats[MAX_PARAMS], n = (int)strlen(q->params);
    uint64_t numbers[MAX_PARAMS];
    for (int i = 0; i < n; i++) {
        formats[i] = 1;
        if (q->params[i] == 'i') {
            numbers[i] = htobe64((uint64_t)values[i].i);
            p[i] = values[i].i == NO_I64 ? NULL : (const char *)&numbers[i];
            lengths[i] = 8;
        } else {
            p[i] = values[i].s.p;
            lengths[i] = (int)values[i].s.n;
        }
    }
    return PQsendQueryPrepared(handle(db), st->name, n, p, lengths, formats, 1) == 1;
}

static err_t start(struct db *db, const struct query *q, const union db_value *values,
                   bool streamed, struct stmt **ret)
{
    struct cached *slot = db_cached(db, q);
    struct stmt *st = slot->prepared;
    if (!st) {
        st = stmt_new(db, q);
        err_t e = prepare(db, q, st);
        if (e) {
            free(st);
            return e;
        }
        slot->prepared = st;
    }
    if (!send_values(db, q, st, values))
        return error_of(db, NULL, q->name);
    st->streamed = streamed;
    st->row = -1;
    st->changed = 0;
    if (streamed)
        PQsetSingleRowMode(handle(db));
    *ret = st;
    return 0;
}

static void drain(struct stmt *st)
{
    PQclear(st->result);
    st->result = NULL;
    PGresult *r;
    while ((r = PQgetResult(handle(st->db))))
        PQclear(r);
}

static err_t step(struct stmt *st, bool *ret_row)
{
    if (st->result && st->row + 1 < PQntuples(st->result)) {
        st->row++;
        *ret_row = true;
        return 0;
    }
    if (st->result && !st->streamed) {
        *ret_row = false;
        return 0;
    }
    PQclear(st->result);
    st->result = PQgetResult(handle(st->db));
    st->row = 0;
    ExecStatusType status = PQresultStatus(st->result);
    if (!st->result)
        return error_of(st->db, NULL, "result");
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE) {
        assert(status == PGRES_COMMAND_OK || PQnfields(st->result) == st->columns);
        st->changed = atoll(PQcmdTuples(st->result));
        *ret_row = PQntuples(st->result) > 0;
        if (status == PGRES_TUPLES_OK && st->streamed)
            *ret_row = false;
        return 0;
    }
    return error_of(st->db, st->result, "step");
}

static int64_t changes(struct stmt *st)
{
    return st->changed;
}

static bool is_null(struct stmt *st, int column)
{
    return PQgetisnull(st->result, st->row, column);
}

/* int8, int4, int2 and bool come in as many bytes as they have. */
static int64_t number(struct stmt *st, int column)
{
    const char *p = PQgetvalue(st->result, st->row, column);
    int n = PQgetlength(st->result, st->row, column);
    int64_t v = n && (p[0] & 0x80) && n > 1 ? -1 : 0;
    for (int i = 0; i < n; i++)
        v = (int64_t)((uint64_t)v << 8 | (uint8_t)p[i]);
    return v;
}

static struct str bytes(struct stmt *st, int column)
{
    return (struct str){ PQgetvalue(st->result, st->row, column),
                         (size_t)PQgetlength(st->result, st->row, column) };
}

static err_t script(struct db *db, const char *sql)
{
    PGresult *r = PQexec(handle(db), sql);
    ExecStatusType status = PQresultStatus(r);
    err_t e = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? 0
                                                                      : error_of(db, r, "script");
    /* PostgreSQL answers COMMIT of a failed transaction with success, and ROLLBACK as its name. */
    if (!e && strcmp(sql, "COMMIT") == 0 && strcmp(PQcmdStatus(r), "COMMIT") != 0)
        e = E_DATABASE;
    PQclear(r);
    return e;
}

static bool transaction_lost(struct db *db)
{
    PGTransactionStatusType t = PQtransactionStatus(handle(db));
    return t != PQTRANS_INTRANS;
}

static void close_connection(struct db *db)
{
    for (size_t i = 0; i < db->cache_size; i++)
        free(db->cache[i].prepared);
    PQfinish(handle(db));
}

static const struct db_port port = {
    .close = close_connection,
    .start = start,
    .step = step,
    .finish = drain,
    .changes = changes,
    .is_null = is_null,
    .number = number,
    .bytes = bytes,
    .script = script,
    .transaction_lost = transaction_lost,
};

static void ignore_notice(void *arg, const char *message)
{
    (void)arg, (void)message;
}

err_t pg_connect(struct ctx *c, struct store *s, bool writer, struct db **ret)
{
    struct db *db = calloc(1, sizeof *db);
    if (!db)
        abort();
    *db = (struct db){ .port = &port, .store = s, .writer = writer };
    db->handle = PQconnectdb(s->database.p);
    PQsetNoticeProcessor(handle(db), ignore_notice, NULL);
    err_t e = PQstatus(handle(db)) == CONNECTION_OK
                  ? 0
                  : ctx_fail(c, E_BUSY, STR_NONE, "PostgreSQL does not answer");
    if (!e)
        e = script(db, writer ? "SET synchronous_commit=on; SET statement_timeout='60s'"
                              : "SET default_transaction_read_only=on; SET statement_timeout='60s'");
    if (e) {
        (void)db_close(db);
        return e;
    }
    *ret = db;
    return 0;
}
