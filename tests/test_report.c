/* tests/test_report.c -- texts stay texts, pictures draw, estimates say so.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <lindbound/html.h>
#include <lindbound/report.h>

#include "lb_test.h"

/* The picture as it stands in a page; NULL: refused. */
static char *
inlined(const char * svg)
{
    char * text = NULL;
    lb_status status;
    lb_error err;
    size_t size;
    FILE * page = open_memstream(&text, &size);

    lb_error_clear(&err);
    status = lb_html_svg(page, svg, "p1-", &err);
    fclose(page);
    if (status == LB_OK)
        return text;
    CU_ASSERT(status == LB_EPARSE && err.text[0] != '\0');
    free(text);
    return NULL;
}

static void
test_pictures(void)
{
    static const struct
    {
        const char * svg;
        const char * expected;
    } cases[] = {
        { "<?xml version=\"1.0\"?><!DOCTYPE svg>\n<svg width='1'>\n</svg>\n",
          "<svg width='1'>\n</svg>" },
        { "<svg><g id=\"a\"><use xlink:href='#a'/></g></svg>",
          "<svg><g id=\"p1-a\"><use xlink:href='#p1-a'/></g></svg>" },
        { "<svg><rect fill=\"url(#a)\" style='x:url(#b);y:url(#c)'/></svg>",
          "<svg><rect fill=\"url(#p1-a)\" "
          "style='x:url(#p1-b);y:url(#p1-c)'/></svg>" },
        { "<svg><!-- <script> --><text>a &lt; b</text></svg>",
          "<svg><text>a &lt; b</text></svg>" },
        { "<svg><image href=\"data:image/png;base64,AA==\"/></svg>",
          "<svg><image href=\"data:image/png;base64,AA==\"/></svg>" },
        { "<svg><svg></svg><g></g></svg> behind",
          "<svg><svg></svg><g></g></svg>" },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        char * text = inlined(cases[k].svg);

        CU_ASSERT(text != NULL && strcmp(text, cases[k].expected) == 0);
        if (text != NULL && strcmp(text, cases[k].expected) != 0)
            printf("\n%s\n", text);
        free(text);
    }
}

static void
test_pictures_refused(void)
{
    static const char * const svgs[] = {
        "",
        "no picture",
        "<svg>",
        "<svg><script>f()</script></svg>",
        "<svg><SCRIPT/></svg>",
        "<svg><style>text { color: red }</style></svg>",
        "<svg><foreignObject></foreignObject></svg>",
        "<svg onload='f()'></svg>",
        "<svg><g OnClick=\"f()\"></g></svg>",
        "<svg><a href='https://example.org'>x</a></svg>",
        "<svg><a xlink:href='javascript:f()'>x</a></svg>",
        "<svg><image href='data:image/svg+xml;base64,AA=='/></svg>",
        "<svg><rect fill='url(https://example.org/#a)'/></svg>",
        "<svg><rect fill='url(\"#a\")'/></svg>",
        "<svg><rect x=1/></svg>",
        "<svg><rect x='1</svg>",
        "<svg><rect x='<b>'/></svg>",
        "<svg><rect x></rect></svg>",
        "<svg><!-- no end </svg>",
        "<svg><![CDATA[x]]></svg>",
        "<svg></svg><b></svg>",
    };

    for (size_t k = 0; k < sizeof(svgs) / sizeof(svgs[0]); k++)
    {
        char * text = inlined(svgs[k]);

        CU_ASSERT(text == NULL);
        if (text != NULL)
            printf("\nnot refused: %s\n", svgs[k]);
        free(text);
    }
}

static void
test_texts(void)
{
    char * text = NULL;
    size_t size;
    FILE * page = open_memstream(&text, &size);

    lb_html(page, "<p>%s %ld%%</p>", "<a> & \"b\" 'c'\001", 3L);
    lb_html_text(page, NULL);
    lb_html_id(page, "form", "a.b", "a-b");
    fclose(page);
    CU_ASSERT(strcmp(text, "<p>&lt;a&gt; &amp; &quot;b&quot; &#39;c&#39;  3%"
                           "</p>form-a.2eb-a.2db")
              == 0);
    free(text);
}

static lb_report_counts counts;

/* The page of one form whose steady state is @p state. */
static char *
page_of(const char * state)
{
    json_t * systems = json_pack(
        "[{s:s,s:s,s:s,s:[{s:s,s:s,s:s,s:o,s:s}]}]", "name", "m", "title",
        "<script>alert(1)</script>", "source", "s", "rows", "model", "m",
        "form", "f", "quantity", "<a>", "steady_state",
        json_loads(state, 0, NULL), "verdict", "UNDECIDED");
    lb_report r = { .command = "lindbound report",
                    .lindbound = "1",
                    .flint = "2",
                    .arb = "3",
                    .style = "",
                    .script = "",
                    .systems = systems };
    char * html = NULL;
    lb_error err;
    size_t size;

    lb_error_clear(&err);
    CU_ASSERT(lb_report_html(&html, &size, &counts, &r, &err) == LB_OK);
    CU_ASSERT(html != NULL && strlen(html) == size);
    json_decref(systems);
    return html;
}

static int
holds(const char * page, const char * text)
{
    if (strstr(page, text) != NULL)
        return 1;
    printf("\nmissing: %s\n", text);
    return 0;
}

static void
test_values(void)
{
    char * page;

    /* an estimate is never a ball, and has no exact form */
    page
        = page_of("{\"value\": 0.125, \"digits\": 3, \"level\": \"estimate\"}");
    CU_ASSERT(holds(page, "<span class=\"n estimate\">&asymp; 0.125</span>"
                          "<small class=\"level estimate\">estimate, no "
                          "proof</small>"));
    CU_ASSERT(holds(page, "has no proof and so no exact form"));
    CU_ASSERT(strstr(page, "bounds <code>") == NULL);
    CU_ASSERT(strstr(page, "<script>alert") == NULL);
    CU_ASSERT(counts.forms == 1 && counts.undecided_forms == 1);
    free(page);

    /* one-sided: no dump */
    page = page_of("{\"ball\": \"<= -312.4\", \"arb\": null, \"lo\": \"-inf\", "
                   "\"hi\": \"-0x1p+8\", \"digits\": 0, "
                   "\"level\": \"closed-form\"}");
    CU_ASSERT(holds(page, "<span class=\"n\">&lt;= -312.4</span>"
                          "<small class=\"level\">closed-form</small>"));
    CU_ASSERT(holds(page, "bounds <code>-inf, -0x1p+8</code>"));
    CU_ASSERT(strstr(page, "arb <code>") == NULL);
    free(page);

    /* truncated: of which model */
    page
        = page_of("{\"ball\": \"[3 +/- 0]\", \"arb\": \"3 0 0 0\", "
                  "\"lo\": \"0x1.8p+1\", \"hi\": \"0x1.8p+1\", \"digits\": 12, "
                  "\"level\": \"truncated\", \"cutoff\": \"N<=5\"}");
    CU_ASSERT(holds(page, "3.00000000000</span><small class=\"level\">"
                          "truncated at N&lt;=5</small>"));
    CU_ASSERT(holds(page, "arb <code>3 0 0 0</code>"));
    free(page);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "pictures", test_pictures },
        { "pictures that are refused", test_pictures_refused },
        { "texts and ids", test_texts },
        { "values and their levels", test_values },
    };

    return lb_test_main("report", cases, sizeof(cases) / sizeof(cases[0]));
}
