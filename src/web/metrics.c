#include "web/engine.h"

#include <stdio.h>
#include <unistd.h>

static const int64_t bounds_us[] = { 1000, 5000, 25000, 100000, 500000, 2500000 };

/* Counters only grow and are read by anyone: the one state that all requests share. */
static _Atomic uint64_t by_class[6], buckets[COUNT(bounds_us) + 1], total_us;

void metrics_count(int status, int64_t took_us)
{
    size_t i = 0;
    by_class[status / 100 % 6]++;
    while (i < COUNT(bounds_us) && took_us > bounds_us[i])
        i++;
    buckets[i]++;
    total_us += (uint64_t)took_us;
}

static long resident_bytes(void)
{
    long pages = 0, ignored;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f && fscanf(f, "%ld %ld", &ignored, &pages) != 2)
        pages = 0;
    if (f)
        fclose(f);
    return pages * sysconf(_SC_PAGESIZE);
}

void web_metrics_put(struct buf *b)
{
    uint64_t sum = 0;
    buf_c(b, "# TYPE nep_requests_total counter\n");
    for (int i = 1; i < 6; i++)
        buf_fmt(b, "nep_requests_total{class=\"%dxx\"} %llu\n", i, (unsigned long long)by_class[i]);
    buf_c(b, "# TYPE nep_request_seconds histogram\n");
    for (size_t i = 0; i < COUNT(buckets); i++) {
        sum += buckets[i];
        if (i < COUNT(bounds_us))
            buf_fmt(b, "nep_request_seconds_bucket{le=\"%g\"} %llu\n", (double)bounds_us[i] / 1e6,
                    (unsigned long long)sum);
    }
    buf_fmt(b, "nep_request_seconds_bucket{le=\"+Inf\"} %llu\nnep_request_seconds_sum %g\n"
               "nep_request_seconds_count %llu\n",
            (unsigned long long)sum, (double)total_us / 1e6, (unsigned long long)sum);
    buf_fmt(b, "# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes %ld\n",
            resident_bytes());
}
