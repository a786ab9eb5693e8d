/* SPDX-License-Identifier: BSD-3-Clause */
/* What cpp and dtc complain about, said in our own style. */
/* host */
#ifndef TOOLS_FACET_CHECK_DTCMSG_H
#define TOOLS_FACET_CHECK_DTCMSG_H

#include "tools/facet-check/source.h"

/* Report the errors in dtc's standard error; true when there was one. */
bool dtcmsg_report(const struct bytes *err, const struct source *s);

/* Report what cpp said when it failed. */
void cppmsg_report(const struct bytes *err);

#endif
