// Package report is the contract of what an analysis found: one versioned JSON document, complete enough that every other
// format is rendered from it alone, again and again, byte for byte the same. It holds the types, their JSON and their
// schemas, and imports nothing of ours. Package draw makes a [Report] from an analysis, package render writes it in every
// format, package compare says what differs between two.
//
// [WriteJSON] and [Read] are the contract's two ends. The JSON Schemas are published in the folder schema.
//
// Subjects, queries, agents and rule names are written by attackers. JSON keeps them as they are, escaped; every format
// for people passes them through one function, [Plain], that strips what could move a cursor, reorder a line or hide text.
package report
