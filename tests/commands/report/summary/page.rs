//! The whole page as programs read it.

use snapbox::{assert_data_eq, str};

use crate::commands::report::desk;

#[test]
fn programs_read_every_figure_of_the_page() {
    let desk = desk();
    assert_data_eq!(
        desk.run(&["report", "summary", "-o", "json"]).to_string(),
        str![[r#"
{
  "age": [
    {
      "age": "< 1 day",
      "tickets": 0,
      "unassigned": 0,
      "waiting": 0
    },
    {
      "age": "1–3 days",
      "tickets": 0,
      "unassigned": 0,
      "waiting": 0
    },
    {
      "age": "3–7 days",
      "tickets": 1,
      "unassigned": 1,
      "waiting": 0
    },
    {
      "age": "7–30 days",
      "tickets": 0,
      "unassigned": 0,
      "waiting": 0
    },
    {
      "age": "> 30 days",
      "tickets": 0,
      "unassigned": 0,
      "waiting": 0
    }
  ],
  "calendar": null,
  "categories": [
    {
      "before": 0,
      "category": "",
      "change": 2,
      "cumulative_percent": 66.7,
      "share_percent": 66.7,
      "tickets": 2
    },
    {
      "before": 0,
      "category": "network/vpn",
      "change": 1,
      "cumulative_percent": 100.0,
      "share_percent": 33.3,
      "tickets": 1
    }
  ],
  "desk": "desk",
  "flow": [
    {
      "before": 0,
      "change": 3,
      "figure": "opened",
      "week": 3,
      "weeks": [
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        3
      ]
    },
    {
      "before": 0,
      "change": 2,
      "figure": "resolved",
      "week": 2,
      "weeks": [
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        2
      ]
    },
    {
      "before": 0,
      "change": 1,
      "figure": "reopened",
      "week": 1,
      "weeks": [
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        1
      ]
    },
    {
      "before": 0,
      "change": 1,
      "figure": "cancelled",
      "week": 1,
      "weeks": [
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        1
      ]
    },
    {
      "before": 0,
      "change": 1,
      "figure": "open at the end",
      "week": 1,
      "weeks": [
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        1
      ]
    }
  ],
  "heading": "desk     week 48: Mon 23 – Sun 29 Nov 2026     against week 47     calendar time",
  "hours": [
    {
      "hours": [
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0
      ],
      "tickets": 0,
      "weekday": "Mon"
    },
    {
      "hours": [
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        3,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0
      ],
      "tickets": 3,
      "weekday": "Tue"
    },
    {
      "hours": [
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0
      ],
      "tickets": 0,
      "weekday": "Wed"
    },
    {
      "hours": [
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0
      ],
      "tickets": 0,
      "weekday": "Thu"
    },
    {
      "hours": [
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0
      ],
      "tickets": 0,
      "weekday": "Fri"
    },
    {
      "hours": [
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0
      ],
      "tickets": 0,
      "weekday": "Sat"
    },
    {
      "hours": [
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0
      ],
      "tickets": 0,
      "weekday": "Sun"
    }
  ],
  "months": [
    {
      "acknowledge_percent": 50.0,
      "breached": 4,
      "month": "2026-11 (part)",
      "n": 6,
      "resolve_percent": 50.0,
      "respond_percent": 0.0,
      "update_percent": null
    }
  ],
  "oldest": [
    {
      "age_seconds": 489419,
      "agent": "",
      "handle": "f31a",
      "id": "261124-f31aj1bw",
      "queue": "l1",
      "title": "<script>alert(1)</script> & /u001b[31mred"
    }
  ],
  "open": 1,
  "open_at": "2026-11-29T23:59:59Z",
  "period": {
    "since": "2026-11-23T00:00:00Z",
    "until": "2026-11-30T00:00:00Z"
  },
  "periods": [
    "2026-W41",
    "2026-W42",
    "2026-W43",
    "2026-W44",
    "2026-W45",
    "2026-W46",
    "2026-W47",
    "2026-W48"
  ],
  "promises": [
    {
      "breached": 1,
      "clock": "acknowledge",
      "kept_percent": 50.0,
      "met": 1,
      "n": 2,
      "promised_percent": 90.0
    },
    {
      "breached": 2,
      "clock": "respond",
      "kept_percent": 0.0,
      "met": 0,
      "n": 2,
      "promised_percent": 90.0
    },
    {
      "breached": 1,
      "clock": "resolve",
      "kept_percent": 50.0,
      "met": 1,
      "n": 2,
      "promised_percent": 90.0
    }
  ],
  "recurring": [],
  "report": "summary",
  "resolution_seconds": {
    "max": 7560,
    "mean": 5700.0,
    "median": 3840,
    "n": 2,
    "p90": 7560
  },
  "schema": "desk.report/1",
  "sentence": "1 more open than a week ago: 3 opened and 1 reopened, 2 resolved and 1 cancelled.",
  "unit": "week",
  "week": "2026-W48",
  "where": null,
  "workload": [
    {
      "late": 1,
      "open": 1,
      "queue": "l1",
      "resolved": 0
    },
    {
      "late": 0,
      "open": 0,
      "queue": "l2",
      "resolved": 2
    }
  ]
}

"#]]
    );
}
