//! The life table of a workspace: what is wrong with it is told by file, line, column and mend.

use crate::people::Bench;

const HEADER: &str = "area,sex,age,deprivation,years,population,deaths\n";

#[test]
fn a_wrong_life_table_is_refused() {
    let bench = Bench::new("survey");
    bench.land("id,person,date,practice,sex,age,y_bin,y_cont\n1,1,2026-09-01,A,f,40,1,2\n");
    let cases = [
        ("area,age\n", "its header is `area,age`"),
        ("all,all,0,,2024,x,1\n", "Error while parsing value 'x'"),
        (",all,0,,2024,100,1\n", "line 2, column `area`: it is empty"),
        ("all,all,0,,2024,100,1\nall,all,130,,2024,100,1\n", "line 3, column `age`: 130 is no age"),
        ("all,all,0,,2024,0,0\n", "line 2, column `population`: 0 is not above 0"),
        ("all,all,0,,2024,100,101\n", "line 2, column `deaths`: 101 is not between 0 and the population"),
        ("all,female,0,1,2024,100,1\n", "line 2, column `deprivation`: people of one sex and one fifth"),
        ("all,all,0,,2024,100,1\nall,all,1,,2023,100,1\n", "line 3, column `years`: `2023`, but `2024` above"),
        ("all,all,0,,2024,100,1\nall,all,0,,2024,100,1\n", "line 3, column `age`: 0 stands there twice"),
        ("all,female,1,,2024,100,1\n", "the life table of all, female does not begin at birth"),
        ("all,all,0,,2024,100,1\nall,all,1,,2024,100,0\n", "in the last band of the life table of all, nobody died"),
        ("all,all,0,6,2024,100,1\n", "line 2, column `deprivation`: there is no band `6`"),
    ];
    for (rows, expected) in cases {
        let header = if rows.starts_with("area") { "" } else { HEADER };
        bench.put("areas/life-table.csv", &format!("{header}{rows}"));
        let told = bench.refused(&["measure"]);
        assert!(told.contains("life-table.csv") && told.contains(expected), "{rows}: {told}");
        assert!(told.contains("to mend it:"), "{told}");
    }
    bench.put("areas/life-table.csv", &format!("{HEADER}all,all,0,,2024,100,1\nall,female,0,,2024,50,1\n"));
    bench.run(&["measure"]);
    let kept = bench.run(&["sql", "select sex, population from life_table order by sex", "--format", "csv"]);
    assert_eq!(kept, "sex,population\nall,100.0\nfemale,50.0\n");
}
