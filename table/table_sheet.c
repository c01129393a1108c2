/* table/table_sheet.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <lindbound/table_sheet.h>
#include <lindbound/table_write.h>
#include <lindbound/text.h>

void
lb_table_sheet_line(lb_table_sheet_t f, const char * line)
{
    ssize_t n;

    if (f->stream == NULL || f->error.status != LB_OK)
        return;
    n = getline(&f->line, &f->room, f->stream);
    f->number++;
    if (line == NULL ? n < 0
                     : n >= 0 && (size_t) n == strlen(line)
                           && memcmp(f->line, line, (size_t) n) == 0)
        return;
    if (line == NULL)
        lb_error_set(&f->error, LB_EPARSE, "more lines than the table has");
    else
        lb_error_set(&f->error, LB_EPARSE,
                     "not what the table says, which is %.*s",
                     (int) FLINT_MIN(strcspn(line, "\n"), 200), line);
    lb_error_in(&f->error, f->path, NULL);
    f->error.line = f->number;
    f->error.column = 1;
}

void
lb_table_sheet_head(lb_table_sheet_t f, const lb_table_spec_t s,
                    const char * command)
{
    char *text = NULL, *line = NULL;
    size_t size = 0, room = 0;
    FILE * stream = open_memstream(&text, &size);
    ssize_t n;

    lb_table_write_csv_head(stream, s, command);
    fclose(stream);
    stream = fmemopen(text, size, "r");
    while ((n = getline(&line, &room, stream)) > 0)
        lb_table_sheet_line(f, line);
    fclose(stream);
    free(text);
    free(line);
}

void
lb_table_sheet_row(lb_table_sheet_t f, const lb_table_spec_t s, slong point,
                   const json_t * row)
{
    char * text = NULL;
    size_t size = 0;
    FILE * stream = open_memstream(&text, &size);

    (void) lb_table_write_csv_row(stream, s, point, row);
    fclose(stream);
    lb_table_sheet_line(f, text);
    free(text);
}

void
lb_table_sheet_init(lb_table_sheet_t f, const char * path)
{
    size_t n = strlen(path);

    memset(f, 0, sizeof(*f));
    lb_error_clear(&f->error);
    if (n > 5 && strcmp(path + n - 5, ".json") == 0)
        n -= 5;
    f->path = lb_text_print("%.*s.csv", (int) n, path);
    f->stream = fopen(f->path, "rb");
}

void
lb_table_sheet_clear(lb_table_sheet_t f)
{
    if (f->stream != NULL)
        fclose(f->stream);
    free(f->line);
    flint_free(f->path);
}
