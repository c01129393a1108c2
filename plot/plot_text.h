/* plot/plot_text.h -- text of a table in a picture.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of Greek letters become letters, `kappa_b` gets a subscript and `^2` an
 * exponent; everything else is shown as it is.  No text is ever a command. */
#ifndef LB_PLOT_TEXT_H
#define LB_PLOT_TEXT_H

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Writes @p text for gnuplot's enhanced text mode, to stand within a string that
 *  is quoted singly. */
void lb_plot_text(FILE * script, const char * text);

/** The same of at most @p width characters; a longer text is cut, and ends in an
 *  ellipsis. */
void lb_plot_text_short(FILE * script, int width, const char * text);

/** About how many characters wide @p text will be. */
int lb_plot_text_width(const char * text);

/** Length in bytes of the first line of @p text, of at most @p width
 *  characters, broken at a blank if there is one; the next line starts after
 *  the blanks that follow. */
size_t lb_plot_text_line(const char * text, int width);

/** @p text with the characters of XML replaced; release with flint_free. */
char * lb_plot_text_xml(const char * text);

#ifdef __cplusplus
}
#endif

#endif /* LB_PLOT_TEXT_H */
