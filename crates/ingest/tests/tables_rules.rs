//! Which rows become neurons and synapses: joins, filters, one unit a nucleus, what other tables tell.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
#[path = "common/tables.rs"]
mod tables;

use std::f64::consts::PI;

use artifact::{Column, Treatment};
use config::{Angles, UnitOfNucleus, Wiring};
use tables::{ROOT_11, ROOT_12, ROOT_14, TableFolder, UNITS, assert_noted, connections, counted, neurons};

const NEW_ROOT_11: i64 = 864_691_135_999_000_001;

/// The segments, by neuron.
fn roots(clean: &ingest::CleanField) -> Vec<Option<i64>> {
    neurons(clean).into_iter().map(|(_, _, root, _)| root).collect()
}

#[test]
fn a_nucleus_table_supplies_segments_and_positions_that_the_coregistration_lacks() {
    let coregistration = tables::coregistration().replace("[100000 99000  18000]", "[<NA> <NA> <NA>]");
    let nuclei = "id,valid,volume,pt_root_id,pt_position\n\
        21,t,1.5,864691135619077263,[0 0 0]\n22,t,1.5,864691135455103338,[7 8 9]\n23,t,2.5,555,[1 1 1]\n\
        24,t,,864691135464074909,[nan nan nan]\n24,f,,1,[5 5 5]\n,t,1,2,[1 2 3]\n21,t,1.5,864691135619077263,[0 0 0]\n";
    let folder = TableFolder::new().text("coregistration.csv", &coregistration).text("nuclei.csv", nuclei);
    let clean = folder.read("1_2_3");
    assert_eq!(neurons(&clean)[1], (12, 22, Some(ROOT_12), [7, 8, 9]));
    assert_eq!(neurons(&clean)[2], (13, 23, Some(555), [142_784, 113_552, 18_159]));
    assert_eq!(counted(&clean, "its nucleus's was taken"), 1);
    assert_eq!(counted(&clean, "root_id 0: its nucleus's segment was taken"), 1);
    assert_eq!(counted(&clean, "marked as not valid"), 1);
    assert_eq!(counted(&clean, "has no nucleus id"), 1);
    assert_eq!(counted(&clean, "an earlier row says the same"), 1);
    let alone = TableFolder::new().text("coregistration.csv", &coregistration).read("1_2_3");
    assert_eq!(alone.field.neurons.len(), 3);
    assert_eq!(counted(&alone, "no position, and no nucleus table"), 1);
}

#[test]
fn segments_of_the_version_that_the_synapses_are_of_win() {
    let nuclei = format!("id,pt_root_id,pt_position\n21,{NEW_ROOT_11},[0 0 0]\n");
    let old = TableFolder::new().text("nuclei.csv", &nuclei).read("1_2_3");
    assert_eq!(roots(&old)[0], Some(ROOT_11), "the synapses know the coregistration's segment");
    assert_eq!(connections(&old), [(0, 1, 2), (3, 0, 1)]);
    assert_eq!(counted(&old, "differs from its nucleus's"), 1);
    let synapses = format!("id,pre_pt_root_id,post_pt_root_id\n1,{NEW_ROOT_11},{ROOT_12}\n");
    let new = TableFolder::new().text("nuclei.csv", &nuclei).text("synapses.csv", &synapses).read("1_2_3");
    assert_eq!(roots(&new)[0], Some(NEW_ROOT_11), "the synapses know the nucleus table's segment");
    assert_eq!(connections(&new), [(0, 1, 1)]);
    assert_noted(&new, "1 of 3 neurons occur nowhere in synapses.csv");
}

#[test]
fn synapses_of_a_segment_that_several_neurons_share_are_left_out_and_counted() {
    let merged = tables::coregistration().replace(&ROOT_14.to_string(), &ROOT_11.to_string());
    let clean = TableFolder::new().text("coregistration.csv", &merged).read("1_2_3");
    assert!(connections(&clean).is_empty());
    assert_eq!(counted(&clean, "a segment that several neurons of this field share"), 2);
    assert_noted(&clean, "root_id that several neurons share");
    let nuclei = format!("id,pt_root_id,pt_position\n21,{ROOT_11},[0 0 0]\n99,{ROOT_11},[0 0 0]\n");
    assert_noted(
        &TableFolder::new().text("nuclei.csv", &nuclei).read("1_2_3"),
        "1 neurons lie in a segment that holds several nuclei",
    );
}

#[test]
fn connections_are_joined_by_nucleus_first_and_by_segment_second() {
    let header = "pre_pt_root_id,post_pt_root_id,n_syn,sum_size,pre_nuc_id,post_nuc_id\n";
    let rows = format!(
        "{ROOT_11},{ROOT_12},2,130.5,21.0,22.0\n77,{ROOT_12},3,10,24,22\n{ROOT_12},{ROOT_14},1,5,,\n\
         {ROOT_14},{ROOT_11},4,9,99,21\n0,{ROOT_11},1,1,,21\n{ROOT_11},{ROOT_12},2,130.5,21,22\n5,6,1,1,,\n0,0,1,,23,21\n"
    );
    let folder = TableFolder::new()
        .without("synapses.csv")
        .text("connections_with_nuclei.csv", &format!("{header}{rows}"));
    let clean = folder.read("1_2_3");
    let found: Vec<_> =
        clean.field.connections.iter().map(|pair| (pair.pre, pair.post, pair.count, pair.size)).collect();
    assert_eq!(found, [(0, 1, 2, Some(130.5)), (1, 3, 1, Some(5.0)), (2, 0, 1, None), (3, 1, 3, Some(10.0))]);
    assert_eq!(counted(&clean, "joined by nucleus, as no other table knows its segment"), 1);
    assert_eq!(counted(&clean, "repeats an earlier row"), 1);
    assert_eq!(counted(&clean, "no neuron of this field"), 2);
    assert_eq!(counted(&clean, "unresolved"), 1);
    let both = TableFolder::new().text("connections_with_nuclei.csv", &format!("{header}{rows}"));
    assert_eq!(connections(&both.read("1_2_3")), [(0, 1, 2), (3, 0, 1)], "synapses are preferred");
    let both = both.set(|settings| settings.wiring = Some(Wiring::Connections));
    assert_eq!(connections(&both.read("1_2_3")).len(), 4);
    let none = both.set(|settings| settings.wiring = Some(Wiring::None)).read("1_2_3");
    assert!(none.field.connections.is_empty());
    assert_noted(&none, "no table of synapses or connections was read");
}

#[test]
fn wide_selections_have_one_row_a_nucleus_by_the_rule_that_is_asked_for() {
    let folder = TableFolder::new();
    let units = |folder: &TableFolder, field: &str| -> Vec<i64> {
        neurons(&folder.read(field)).into_iter().map(|(unit, ..)| unit).collect()
    };
    assert_eq!(units(&folder, "1_2"), [11, 12, 13, 14]);
    assert_eq!(units(&folder, "1"), [11, 12, 13, 14]);
    assert_eq!(units(&folder, "volume"), [11, 12, 13, 14, 11]);
    let volume = folder.read("volume");
    assert_eq!(
        counted(&volume, "another unit of its nucleus was taken, the first by session, scan and unit id"),
        1
    );
    assert_noted(&volume, "1 nuclei have several units");
    assert_eq!(volume.further.names().collect::<Vec<_>>(), ["session", "scan_idx", "field"]);
    assert_eq!(volume.further.column("session").unwrap(), &Column::I64(vec![1, 1, 1, 1, 7]));
    let properties = "session,scan_idx,unit_id,cc_abs,score\n1,2,11,0.3,9\n1,2,20,0.5,-2.5\n";
    let best = TableFolder::new().text("twin.csv", properties);
    assert_eq!(units(&best, "1_2"), [12, 13, 14, 20], "the highest cc_abs unless asked otherwise");
    let by_score = best.set(|settings| settings.unit_of_nucleus = Some(UnitOfNucleus::HighestScore));
    assert_eq!(units(&by_score, "1_2"), [11, 12, 13, 14]);
    let first = by_score.set(|settings| settings.unit_of_nucleus = Some(UnitOfNucleus::First));
    assert_eq!(units(&first, "1_2"), [11, 12, 13, 14]);
    let lacking = folder.set(|settings| settings.unit_of_nucleus = Some(UnitOfNucleus::HighestCcAbs));
    assert!(lacking.refusal("1_2").contains("highest cc_abs, which no table of the folder tells"));
    assert_eq!(
        units(&lacking, "1_2_3"),
        [11, 12, 13, 14],
        "where every nucleus has one unit, no rule is needed"
    );
}

/// A folder with everything that tables may tell.
fn rich() -> TableFolder {
    TableFolder::new()
        .text(
            "types.csv",
            &format!(
                "id,target_id,pt_root_id,classification_system,cell_type\n1,21,0,aibs_neuronal,23P\n\
                 2,22,0,inhibitory_neuron,BC\n3,,{ROOT_14},excitatory_neuron,5P-ET\n4,23,0,,\n4,99,0,,4P\n4,99,0,,BC\n"
            ),
        )
        .text("areas.csv", "id,target_id,tag,value\n1,21,V1,12.5\n2,22,RL,3\n3,24,V1,100\n")
        .text("layers.csv", "target_id,layer\n21,L2/3\n22,L4\n23,L5\n24,L5\n")
        .text(
            "proofreading.csv",
            &format!("id,pt_root_id,status_axon,status_dendrite\n1,{ROOT_11},t,t\n2,{ROOT_12},f,t\n3,{ROOT_14},extended,clean\n"),
        )
        .text(
            "functional.csv",
            "session,scan_idx,unit_id,pref_ori,pref_dir,gOSI,cc_abs\n1,2,11.0,90,270,0.5,0.4\n1,2,12,45,0,,0.1\n7,2,11,0,0,1,1\n",
        )
}

#[test]
fn what_other_tables_tell_becomes_columns_of_the_neurons() {
    let clean = rich().read("1_2_3");
    let text = |name: &str| match clean.further.column(name).unwrap() {
        Column::OptionalText(values) => {
            values.iter().map(|text| text.clone().unwrap_or_default()).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(text("cell_type"), ["23P", "BC", "", "5P-ET"]);
    assert_eq!(text("cell_class"), ["excitatory", "inhibitory", "", "excitatory"]);
    assert_eq!(text("area"), ["V1", "RL", "", "V1"]);
    assert_eq!(text("layer"), ["L2/3", "L4", "L5", "L5"]);
    assert_eq!(text("axon_status"), ["proofread", "not proofread", "", "extended"]);
    let floats = |name: &str| clean.further.optional_f64(name).unwrap().to_vec();
    assert_eq!(floats("area_boundary_um"), [Some(12.5), Some(3.0), None, Some(100.0)]);
    assert_eq!(floats("preferred_direction_radians"), [Some(270.0 * (PI / 180.0)), Some(0.0), None, None]);
    assert_eq!(floats("preferred_orientation_radians")[0], Some(90.0 * (PI / 180.0)));
    assert_eq!(floats("cc_abs"), [Some(0.4), Some(0.1), None, None]);
    assert_noted(&clean, "preferred_direction_radians was converted from degrees, as some exceed 2π");
    assert_noted(&clean, "types.csv: it knows 5 of 6 units, 4 by nucleus, 1 by segment");
    assert_eq!(counted(&clean, "rows of one nucleus contradict each other"), 1);
    let radians = rich().set(|settings| settings.angles = Some(Angles::Radians)).read("1_2_3");
    assert_eq!(radians.further.optional_f64("preferred_direction_radians").unwrap()[0], Some(270.0));
    assert_eq!(
        TableFolder::new().read("1_2_3").further.names().count(),
        0,
        "columns are there only where a table tells them"
    );
}

#[test]
fn filters_keep_what_they_ask_for_and_count_the_rest() {
    let kept = |change: &dyn Fn(&mut config::Filters)| {
        let clean = rich().set(|settings| change(&mut settings.filters)).read("1_2_3");
        let dropped = clean
            .counts
            .iter()
            .filter(|count| count.treatment == Treatment::Dropped && count.table == "coregistration.csv");
        let dropped: u64 = dropped.map(|count| count.rows).sum();
        assert_eq!(dropped, 4 - clean.field.neurons.len() as u64, "{:?}", clean.counts);
        neurons(&clean).into_iter().map(|(unit, ..)| unit).collect::<Vec<_>>()
    };
    assert_eq!(kept(&|filters| filters.excitatory = true), [11, 14]);
    assert_eq!(kept(&|filters| filters.minimum_cc_abs = Some(0.1)), [11, 12]);
    assert_eq!(kept(&|filters| filters.minimum_cc_abs = Some(0.2)), [11]);
    assert_eq!(kept(&|filters| filters.areas = vec!["V1".to_owned()]), [11, 14]);
    assert_eq!(kept(&|filters| filters.layers = vec!["L4".to_owned(), "L5".to_owned()]), [12, 13, 14]);
    assert_eq!(kept(&|filters| filters.proofread_axon = true), [11, 14]);
    let nothing = rich().set(|settings| settings.filters.areas = vec!["AL".to_owned()]).refusal("1_2_3");
    assert!(
        nothing.contains("no neuron is left of it") && nothing.contains("3 rows: its area is not AL"),
        "{nothing}"
    );
    let lacking = TableFolder::new().set(|settings| settings.filters.excitatory = true).refusal("1_2_3");
    assert!(
        lacking.contains("source.excitatory asks for cell types, which no table of the folder tells"),
        "{lacking}"
    );
}

#[test]
fn the_order_of_a_bundle_is_followed_where_there_is_one() {
    let bundle = common::HandMade::new();
    let folder =
        TableFolder::new().set(|settings| settings.bundle = Some(bundle.path().display().to_string()));
    let order = |units: &[i64]| {
        let file = common::npy_i64("<i8", &format!("({},)", units.len()), false, units);
        std::fs::write(bundle.path().join("1_2_3/unit_ids_1_2_3.npy"), file).unwrap();
        folder.read("1_2_3")
    };
    let clean = order(&[13, 11, 14, 12]);
    assert_eq!(neurons(&clean).iter().map(|neuron| neuron.0).collect::<Vec<_>>(), [13, 11, 14, 12]);
    assert_eq!(connections(&clean), [(1, 3, 2), (2, 1, 1)]);
    let partly = order(&[14, 99]);
    assert_eq!(neurons(&partly).iter().map(|neuron| neuron.0).collect::<Vec<_>>(), [14, 11, 12, 13]);
    assert_noted(&partly, "3 neurons are not in the bundle whose order is followed");
    assert_noted(&partly, "1 neurons of the bundle whose order is followed are not in the tables");
}

#[test]
fn positions_in_nanometres_are_read_as_the_configuration_says() {
    let in_nm = UNITS.iter().fold(tables::coregistration(), |text, unit| {
        let [x, y, z] = [unit[6], unit[7], unit[8]];
        text.replace(&format!("[{x} {y}  {z}]"), &format!("[{} {} {}]", 4 * x, 4 * y, 40 * z))
    });
    let folder = TableFolder::new().text("coregistration.csv", &in_nm);
    let clean = folder.set(|settings| settings.resolution_nm = Some([1.0; 3])).read("1_2_3");
    assert_eq!(clean.field, TableFolder::new().read("1_2_3").field);
    assert_noted(&clean, "positions count in units of 1 × 1 × 1 nm, as source.resolution_nm says");
    assert_noted(
        &TableFolder::new().read("1_2_3"),
        "voxels, as neither metadata nor source.resolution_nm say otherwise",
    );
}
