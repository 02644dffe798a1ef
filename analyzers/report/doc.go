// Package report draws up what an analysis found: one versioned JSON document, complete enough that every other format
// (text, canonical, jsonl, csv, md) is rendered from it alone, again and again, byte for byte the same.
//
// [Build] makes the [Report] from an analysis and the records it rests on; [WriteJSON] and [Read] are the contract's two
// ends; [Write] renders any format by name, [Explain] one finding in full. The JSON Schema is published as
// schema/triage.report.v1.json.
//
// Subjects, queries, agents and rule names are written by attackers. JSON keeps them as they are, escaped; every format
// for people passes them through one function that strips what could move a cursor, reorder a line or start a formula.
package report
