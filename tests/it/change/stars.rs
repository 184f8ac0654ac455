//! Stars: each domain up, holding or down by whole steps, first against latest.

use super::{ABOUT, Workspace, about, people, shipped};

#[test]
fn each_domain_is_up_holding_or_down_by_itself() {
    let workspace = Workspace::of_people("stars");
    let who: Vec<String> = people().take(4).map(about).collect();
    let header = format!("Star,{ABOUT},Date,D1,D2,D3,D4,D5,D6,D7,D8\n");
    let row = |id: &str, who: &str, on: &str, steps: &str| format!("{id},{who},{on},{steps}\n");
    let starts = [
        row("a0", &who[0], "2025-01-10", "2,2,2,2,2,2,2,2"),
        row("b0", &who[1], "2025-01-10", "2,2,3,2,2,2,2,2"),
        row("c0", &who[2], "2025-01-10", "2,2,2,2,2,2,2,2"),
        // Nobody looked again.
        row("d0", &who[3], "2025-01-10", "1,1,1,1,1,1,1,1"),
    ];
    workspace.measured(&(header.clone() + &starts.concat()));
    workspace.put("mapping.toml", &shipped("mappings/star-reviews"));
    let reviews = [
        row("a1", &who[0], "2025-07-12", "3,2,1,2,2,2,2,2"),
        // Ten months later is no review after about six.
        row("b1", &who[1], "2025-11-12", "2,2,3,2,2,2,2,2"),
        row("c1", &who[2], "2025-07-12", "4,2,2,2,2,2,2,2"),
        // The latest counts, and leaves the third domain out.
        row("c2", &who[2], "2026-01-12", "3,2,,2,2,2,2,2"),
    ];
    workspace.measured(&(header + &reviews.concat()));
    let domain = |measure: &str, domain: &str| {
        workspace.sql(&format!(
            "select statistic, numerator, n from latest where measure = '{measure}' and area = 'all' and period = 'all' \
             and group_by = 'domain' and \"group\" = '{domain}' order by 1"
        ))
    };
    let classes = |better: u32, same: u32, worse: u32| {
        let n = (better + same + worse).to_string();
        let counts = [("better", better), ("same", same), ("worse", worse)];
        counts.map(|(class, count)| vec![class.to_owned(), count.to_string(), n.clone()]).to_vec()
    };
    assert_eq!(domain("star", "habits"), classes(2, 1, 0));
    assert_eq!(domain("star", "self_care"), classes(0, 3, 0));
    assert_eq!(domain("star", "symptoms"), classes(0, 1, 1));
    assert_eq!(domain("star-first-review", "habits"), classes(2, 0, 0));
    assert_eq!(domain("star-first-review", "symptoms"), classes(0, 1, 1));
    let value = workspace.sql(
        "select measure, n, numerator, unit from latest where area = 'all' and period = 'all' and group_by = 'none' and statistic = 'value' \
         and measure in ('star-habits-up', 'star-symptoms-up', 'star') order by 1",
    );
    // The stars have no figure of their own.
    assert_eq!(value, [["star-habits-up", "3", "2", "person"], ["star-symptoms-up", "2", "0", "person"]]);
    // The months of the first stars have no pairs, and are no months that are too few to show.
    let months = workspace.sql(
        "select period from latest where measure = 'star-habits-up' and statistic = 'value' and area = 'all' and group_by = 'none' \
         and period like '20__-__' order by 1",
    );
    assert_eq!(months, [["2025-07"], ["2025-11"], ["2026-01"]]);
    let unpaired = workspace.sql(
        "select measure, comparator, n from latest where statistic = 'unpaired' and area = 'all' and period = 'all' and n > 0 \
         and measure in ('star', 'star-first-review', 'star-symptoms-up') order by 1, 2",
    );
    let expected = [
        ["star", "no answer after", "1"],
        ["star-first-review", "another answer of the same occasion counts", "1"],
        ["star-first-review", "no answer after", "1"],
        ["star-first-review", "outside the window", "1"],
        ["star-symptoms-up", "no answer after", "1"],
        ["star-symptoms-up", "no score after", "1"],
    ];
    assert_eq!(unpaired, expected);
}
