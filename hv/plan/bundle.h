/* SPDX-License-Identifier: BSD-3-Clause */
/* Images of a bundle: a U-Boot FIT with the layout and the guests' images. */
/* pure */
#ifndef HV_PLAN_BUNDLE_H
#define HV_PLAN_BUNDLE_H

#include "hv/plan/tree.h"

/*
 * Data of image `name` of an indexed FIT of fit_size bytes. The data is inline, or outside at
 * data-offset or data-position. ERR_NONE: no such image; ERR_FORMAT: no data, or compressed in a
 * way the planner does not take (*why says).
 */
must_check enum err bundle_image(const struct tree *fit, size_t fit_size, const char *name,
				 const uint8_t **data, size_t *len, const char **why);

/*
 * The same of a FIT that is not indexed yet; its index is left in the arena's scratch end. A FIT
 * that has no image `name` but one called "bundle" (made for U-Boot's bootm) is looked into.
 */
must_check enum err bundle_find(const void *fit, size_t size, struct arena *scratch,
				const char *name, const uint8_t **data, size_t *len);

/* Name of the image that holds the layout. */
#define BUNDLE_LAYOUT "layout"

#endif
