//! What is written comes back, and what is damaged says so.

use std::collections::BTreeMap;

use arrow::array::{ArrayRef, BinaryArray, StringArray};
use chrono::NaiveDate;
use datafusion::prelude::SessionContext;
use proptest::prelude::*;

use super::super::cell::{Counts, Sum};
use super::super::counted::Counted;
use super::super::layout::{Bands, Coded};
use super::super::write;
use super::*;
use crate::session::session;

fn layout(items: usize, amounts: usize) -> Layout {
    Layout {
        items: (0..items).map(|at| Coded { item: format!("i{at}"), lowest: -3, width: 6 }).collect(),
        amounts: (0..amounts).map(|at| format!("a{at}")).collect(),
        schemes: Vec::new(),
        breakdowns: vec![Bands { id: "sex".into(), bands: vec!["f".into(), "m".into()] }],
        counts_responses: true,
    }
}

fn times() -> [Time; 5] {
    let first = |year, month| NaiveDate::from_ymd_opt(year, month, 1).unwrap();
    [
        Time::Month(first(2026, 4)),
        Time::Month(first(2026, 5)),
        Time::Quarter(first(2026, 4)),
        Time::Year(first(2026, 4)),
        Time::Undated,
    ]
}

prop_compose! {
    fn counted()(items in 0..3_usize, amounts in 0..3_usize)
        (cells in prop::collection::btree_map(
            (0..3_usize, prop::option::of(0..3_u8), 0..5_usize, prop::option::of(0..2_u8)), any::<(u16, i32)>(), 0..12),
         layout in Just(layout(items, amounts))) -> Counted {
        let text = |of: Option<u8>| of.map(|of| Arc::from(format!("t{of}")));
        let cells = cells.into_iter().map(|((root, area, time, occasion), (count, sum))| {
            let key = Key { root: Root::ALL[root], area: text(area), time: times()[time], version: text(Some(1)), occasion: text(occasion) };
            let places = layout.width() * layout.groups();
            let mut cell = Cell::new(places, layout.amounts.len() * layout.groups(), 0);
            cell.counts.add_at(places - 1, &[u64::from(count)]);
            if let Some(of) = cell.sums.first_mut() {
                *of = Sum { count: 1, sum: i128::from(sum), squares: i128::from(sum) * i128::from(sum) };
            }
            cell.counts = std::mem::replace(&mut cell.counts, Counts::none(0)).narrowest();
            (key, cell)
        });
        Counted { rows: 0, cells: cells.collect(), layout: layout.clone() }
    }
}

async fn written(store: &Store, instrument: &str, parts: &[(String, Counted)]) {
    let mut table = store.table_or_create(store::CUBE, &store::cells()).await.unwrap();
    let mut by_tag: BTreeMap<String, merge::Cells> = BTreeMap::new();
    let mut layouts = BTreeMap::new();
    for (part, Counted { layout, cells, .. }) in parts {
        layouts.insert((part.clone(), layout.id()), layout.clone());
        let layout = Arc::new(layout.clone());
        for (key, cell) in cells {
            let stamped = Stamped { layout: layout.clone(), cell: cell.clone(), responses_version: 7 };
            let of_tag = by_tag.entry(tag(instrument, key.time)).or_default();
            of_tag.insert((part.as_str().into(), key.clone()), stamped);
        }
    }
    let kept = Kept::default();
    let mut files: Vec<_> = write::about(&table, instrument, &layouts, &kept, 7).await.unwrap().into_iter().collect();
    for (tag, cells) in by_tag {
        files.extend(write::cells(&table, instrument, &tag, &cells).await.unwrap());
    }
    table.commit(files, &|tag| tag.split('_').next() == Some(instrument)).await.unwrap();
}

async fn read(store: &Store, filter: Option<Expr>) -> Result<BTreeMap<(String, String, Key), Cell>> {
    let state = session()?.state();
    let stored = Stored::open(&state, store).await?.unwrap();
    let batches: Vec<Vec<Cells>> = stored.cells(&state, &|_| true, filter).await?.try_collect().await?;
    let mut all = BTreeMap::new();
    for Cells { part, cells } in batches.into_iter().flatten() {
        for (key, cell) in cells {
            assert_eq!(cell.counts.len(), part.layout.width() * part.layout.groups());
            assert!(all.insert((part.instrument.clone(), part.name.to_string(), key), cell).is_none());
        }
    }
    Ok(all)
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn cells_come_back_as_they_were_written(one in counted(), two in counted(), three in counted()) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open("store", folder.path()).unwrap();
        let mut expected = BTreeMap::new();
        let mut expect = |instrument: &str, part: &str, counted: &Counted| {
            let of = |key: &Key| (instrument.to_owned(), part.to_owned(), key.clone());
            expected.extend(counted.cells.iter().map(|(key, cell)| (of(key), cell.clone())));
        };
        expect("first", "items", &one);
        expect("first", "change/x", &two);
        expect("second", "items", &three);
        let (of_april, everything) = run(async {
            written(&store, "first", &[("items".into(), one), ("change/x".into(), two)]).await;
            written(&store, "second", &[("items".into(), three)]).await;
            let april = col("starts").eq(lit(datafusion::scalar::ScalarValue::Date32(Some(20_544))));
            (read(&store, Some(april)).await.unwrap(), read(&store, None).await.unwrap())
        });
        prop_assert_eq!(&everything, &expected);
        let april = |key: &Key| key.time.range().is_some_and(|(first, _)| first == NaiveDate::from_ymd_opt(2026, 4, 1).unwrap());
        expected.retain(|(.., key), _| april(key));
        prop_assert_eq!(of_april, expected);
    }
}

/// A cube of one cell of one part.
async fn small(store: &Store) {
    let key = Key { root: Root::Practice, area: None, time: times()[0], version: None, occasion: None };
    let mut cell = Cell::new(layout(1, 0).width() * layout(1, 0).groups(), 0, 0);
    cell.counts.add_at(0, &[1_u8]);
    let counted = Counted { layout: layout(1, 0), rows: 1, cells: BTreeMap::from([(key, cell)]) };
    written(store, "first", &[("items".into(), counted)]).await;
}

/// What is said of a cube in which one column of the last row of the file with the given tag holds something else.
async fn said_of(tag: &str, column: &str, other: ArrayRef) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open("store", folder.path()).unwrap();
    small(&store).await;
    let mut table = store.table(store::CUBE).await.unwrap().unwrap();
    let session = session().unwrap();
    let rows = session.read_table(table.provider_of(Some(store::cells()), &|of| of == tag).unwrap()).unwrap();
    let batch = rows.collect().await.unwrap().remove(0);
    let batch = batch.slice(batch.num_rows() - 1, 1);
    let at = batch.schema().index_of(column).unwrap();
    let mut columns = batch.columns().to_vec();
    columns[at] = other;
    let batch = RecordBatch::try_new(batch.schema(), columns).unwrap();
    table.write(tag, &[batch], store::Replace::SameTag).await.unwrap();
    said(&store, &session).await
}

/// What is said of a cube that cannot be read: by the reader and in SQL.
async fn said(store: &Store, session: &SessionContext) -> Vec<String> {
    let error = read(store, None).await.unwrap_err();
    let mut said = vec![format!("{error}; {}", error.mend().unwrap())];
    session.register_table("cube", super::super::view(store).await.unwrap().unwrap()).unwrap();
    let of_view = match session.sql("select * from cube").await.unwrap().collect().await {
        Err(error) => error.to_string(),
        Ok(rows) => format!("{rows:?}"),
    };
    said.push(of_view.trim_start_matches("External error: ").to_owned());
    said
}

#[tokio::test]
async fn a_damaged_cube_names_the_table_and_the_mend() {
    let mend = "make it anew with `tellonce measure --full`";
    let cell = "`cube`: a cell of `items` of `first` cannot be read (area -)";
    let id = layout(1, 0).id();
    let short = Arc::new(BinaryArray::from_vec(vec![b"\x01\x02"]));
    let text = |text: &str| Arc::new(StringArray::from(vec![text])) as ArrayRef;
    let expected = [
        (said_of("first_2026-04", "cell", short).await, cell.to_owned()),
        (said_of("first_2026-04", "precision", text("week")).await, cell.to_owned()),
        (said_of("first_2026-04", "root", text("nowhere")).await, cell.to_owned()),
        (
            said_of("first_2026-04", "layout", text("other")).await,
            "`cube`: nothing says what lies where in `first items other`".to_owned(),
        ),
        (
            said_of("first_about", "about", text("{")).await,
            format!("`cube`: what lies where in `first items {id}` cannot be read"),
        ),
    ];
    for (said, what) in expected {
        assert_eq!(said, [format!("{what}; {mend}"), format!("{what}; {mend}")]);
    }
}

#[tokio::test]
async fn a_cube_of_an_earlier_form_is_an_error_until_it_is_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open("store", folder.path()).unwrap();
    store.table_or_create(store::CUBE, &store::cube()).await.unwrap();
    let session = session().unwrap();
    let what = "`cube`: the table is of an earlier form; make it anew with `tellonce measure --full`";
    assert_eq!(said(&store, &session).await, [what, what]);
    small(&store).await;
    assert_eq!(read(&store, None).await.unwrap().len(), 1);
}
