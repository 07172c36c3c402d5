/* onestop: the one-stop desk (bộ phận một cửa, Trung tâm Phục vụ hành chính công cấp xã).
 *
 * A dossier (hồ sơ) is what its event log says: receipts, tracking sheets, due dates and figures are
 * views of it. States and moves are the ten national codes and the legal moves only
 * (NĐ 118/2025/NĐ-CP, TT 03/2025/TT-VPCP); a supplement may be asked for once. Due dates are
 * computed from budget, calendar and pauses, never edited. */
#pragma once

#include "people/people.h"
#include "onestop/due.h"

/* --- Catalogue (thủ tục hành chính) ------------------------------------------------------------------- */

/* One version of a procedure, in force from valid_from_day until the next version. */
struct procedure {
    struct id id;              /* of this version */
    struct str code, name, field;
    int64_t version;
    int32_t valid_from_day, valid_to_day; /* valid_to 0: open */
    struct str term;           /* "3wd", "15d", "0d" or "" where the source gives none */
    struct str supplement_mode; /* shift | restart */
    bool cutoff_15h;           /* same-day procedures received after 15:00 go to the next working day */
    int64_t fee_vnd;           /* NO_I64: unknown or set by the province */
    struct str fee_text;
    struct str online;         /* toàn trình | một phần | "" */
    struct str agency, result_name;
    struct str form_id;        /* "khai-sinh", …, or "general" */
    struct str details_json;   /* the whole record of the source */
};

/* The version in force on `day`. E_NOT_FOUND. */
MUST err_t procedure_get(struct ctx *c, struct db *db, struct str code, int32_t day, struct procedure *ret);
/* Loads the catalogue file (data/procedures.json) as versions valid from `day`; unchanged rows stay. */
MUST err_t procedures_load(struct ctx *c, struct db *db, struct str json, int32_t valid_from_day, int64_t *ret_new);
/* Its form: an official e-form or the general one. Lives for ever. */
MUST err_t procedure_form(struct ctx *c, const struct procedure *p, const struct form **ret);

/* --- Dossiers (hồ sơ) ------------------------------------------------------------------------------------ */

enum dossier_state {           /* trạng thái: stable numbers on the wire */
    DOSSIER_NEW = 1,           /* Mới đăng ký */
    DOSSIER_RECEIVED = 2,      /* Được tiếp nhận */
    DOSSIER_REFUSED = 3,       /* Không được tiếp nhận */
    DOSSIER_IN_PROCESS = 4,    /* Đang xử lý */
    DOSSIER_SUPPLEMENT = 5,    /* Yêu cầu bổ sung giấy tờ */
    DOSSIER_PAYMENT = 6,       /* Yêu cầu thực hiện nghĩa vụ tài chính */
    DOSSIER_WITHDRAWN = 7,     /* Công dân yêu cầu rút hồ sơ */
    DOSSIER_STOPPED = 8,       /* Dừng xử lý */
    DOSSIER_RESOLVED = 9,      /* Đã xử lý xong */
    DOSSIER_RETURNED = 10,     /* Đã trả kết quả */
};

enum dossier_move {
    MOVE_RECEIVE, MOVE_REFUSE, MOVE_ASK_SUPPLEMENT, MOVE_SUPPLEMENT, MOVE_HAND_OVER, MOVE_RESOLVE,
    MOVE_RETURN, MOVE_WITHDRAW, MOVE_STOP,
    MOVE_COUNT
};

enum dossier_channel { CHANNEL_DESK = 1, CHANNEL_ONLINE = 2, CHANNEL_POST = 3 };

struct dossier {
    struct id id;
    struct str code;            /* official, once received; else "" */
    struct str provisional_code; /* what online filing gives; goes on finding the dossier */
    struct str procedure_code, procedure_name;
    struct id procedure_id;     /* the version of its reception day */
    enum dossier_state state;
    enum dossier_channel channel;
    struct id org_id;           /* the organisation that receives it */
    struct id applicant_id;     /* resident */
    struct str applicant_name, applicant_phone, applicant_id_number;
    struct id hamlet_id;
    struct id filed_by;         /* account that filed it, if not the applicant */
    struct id handler_id;       /* account that has it now */
    struct str answers_json;
    int64_t filed_at_us, received_at_us, due_at_us, finished_at_us; /* 0: not yet. due_at_us is a cache of due() */
    int64_t supplements;        /* 0 or 1 */
    struct sha256 result_sha256; /* of the PDF result; zero: none yet */
    int64_t version;            /* two clerks: one wins, the other gets E_CONFLICT */
};

struct dossier_filing {
    struct str procedure_code;
    struct str applicant_name, applicant_id_number, applicant_phone;
    struct id applicant_id;     /* if known */
    const struct form_values *answers; /* checked */
    enum dossier_channel channel;
    const struct web_upload *uploads;
    size_t n_uploads;
};

/* Files a dossier: state 1 with a provisional code (online). At the desk: follow with MOVE_RECEIVE. One write with
 * audit, event `dossier.filed`, SMS and inbox message. */
MUST err_t dossier_file(struct ctx *c, struct db *db, const struct dossier_filing *in, struct dossier *ret);
/* By id; by official or provisional code, any case. E_NOT_FOUND. */
MUST err_t dossier_get(struct ctx *c, struct db *db, struct id id, struct dossier *ret);
MUST err_t dossier_by_code(struct ctx *c, struct db *db, struct str code, struct dossier *ret);

struct dossier_move_in {
    enum dossier_move move;
    struct str note;            /* reason; needed for refuse, ask_supplement, withdraw, stop */
    const struct file_ref *result; /* resolve: the PDF result; NULL draws it from the template */
    struct id to_account;       /* hand_over: who gets it; none: the specialist's queue */
    int64_t version;            /* the version the user saw; 0: whatever is now */
};
/* One legal move, with its event, form number, audit entry, messages. E_ILLEGAL_MOVE, E_ONCE_ONLY, E_FORBIDDEN,
 * E_CONFLICT. */
MUST err_t dossier_do(struct ctx *c, struct db *db, struct dossier *in_out, const struct dossier_move_in *move);
/* The legal moves of `state` for an actor: pure; bit i is enum dossier_move i. */
unsigned dossier_moves(enum dossier_state state, int64_t supplements, const struct actor *actor);
const char *move_text(enum dossier_move move);     /* "ask_supplement" */
const char *move_vi(enum dossier_move move);       /* "Yêu cầu bổ sung" */
const char *state_vi(enum dossier_state state);
bool move_needs_note(enum dossier_move move);
MUST bool move_parse(struct str text, enum dossier_move *ret);

/* Attach a paper in states 1 and 5 (applicant) or by the desk. */
MUST err_t dossier_add_paper(struct ctx *c, struct db *db, struct dossier *d, const struct web_upload *upload);

/* The pages and the machine interface. */
extern const struct web_room onestop_web_catalogue, onestop_web_resident, onestop_web_desk, onestop_web_figures,
    onestop_web_api;
extern const struct migration_set onestop_migrations;

extern const struct command_set onestop_commands;
