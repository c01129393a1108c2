/* model/status.h -- status codes shared by every room.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_STATUS_H
#define LB_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/* One list, expanded into the enum and the messages, so that the two can
   never drift apart.  Values are ABI: append only, never renumber. */
#define LB_STATUS_LIST(X)                                                     \
    X(LB_OK, 0, "success")                                                    \
    X(LB_EPREC, 1, "no certified result at this precision; retry higher")     \
    X(LB_EDOM, 2, "parameter not provably inside the model's domain")         \
    X(LB_EDIM, 3, "dimensions or cutoffs do not fit")                         \
    X(LB_EPARSE, 4, "malformed input text")                                   \
    X(LB_EIO, 5, "cannot read or write a file")                               \
    X(LB_ENOCONV, 6, "iteration limit reached without convergence")           \
    X(LB_ENAME, 7, "unknown name")                                            \
    X(LB_EMODEL, 8, "the method does not apply to this model")                \
    X(LB_EMEM, 9, "out of memory")                                            \
    X(LB_EUNSTABLE, 10, "the network is provably not stable")

#define LB_STATUS_ENUM(name, value, text) name = value,
typedef enum
{
    LB_STATUS_LIST(LB_STATUS_ENUM)
} lb_status;
#undef LB_STATUS_ENUM

/** Message for @p status: static storage, never NULL, no trailing newline. */
const char * lb_status_str(lb_status status);

#if defined(__GNUC__) || defined(__clang__)
#define LB_MUST_CHECK __attribute__((warn_unused_result))
#define LB_PRINTF(string, first) __attribute__((format(printf, string, first)))
#else
#define LB_MUST_CHECK
#define LB_PRINTF(string, first)
#endif

#ifdef __cplusplus
}
#endif

#endif /* LB_STATUS_H */
