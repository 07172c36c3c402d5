/* Internal to web: multipart/form-data (RFC 7578) read as it streams in. Fields go into the arena, files
 * straight to disk; nothing is held whole. */
#pragma once

#include "web/request.h"

struct multipart;

/* From a Content-Type header; E_BAD_REQUEST if it names no boundary. Lives in the arena of `c`. */
MUST err_t multipart_begin(struct ctx *c, struct web_req *req, struct str content_type,
                           struct multipart **ret);
/* Takes the next bytes. After an error the rest is ignored. */
MUST err_t multipart_feed(struct multipart *m, const char *bytes, size_t n);
/* All bytes are in: finishes the files (in a worker: it waits for the disk) into req->uploads. */
MUST err_t multipart_finish(struct multipart *m);
/* Drops unfinished files; harmless after multipart_finish(). */
void multipart_abort(struct multipart *m);
