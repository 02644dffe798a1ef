// Package rules loads rule packs: YAML that a responder writes, laid over the packs it extends, checked to the last
// word, and compiled for the detectors. Every fault is reported with file, line and column, all of them in one run.
//
// [Load] goes in stages, each a function of what the one before it returns: parse reads the files, merge lays the packs
// over each other, compile turns the outcome into rules, lint looks for what loads and is hardly meant. All of them
// report to one [yamltext.Faults]. The packages below this one: yamltext, YAML with its places and faults; inline, the
// tests that a pack carries; decision, what was decided about findings; sigma, which makes rules of packs of Sigma rules;
// explain, which looks into a set.
package rules
