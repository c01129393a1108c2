/* model/status.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/status.h>

const char *
lb_status_str(lb_status status)
{
    switch (status)
    {
#define LB_STATUS_CASE(name, value, text)                                      \
    case name:                                                                 \
        return text;
        LB_STATUS_LIST(LB_STATUS_CASE)
#undef LB_STATUS_CASE
    }
    return "unknown status";
}
