// Package rules loads rule packs: YAML that a responder writes, laid over the packs it extends, checked to the last
// word, and compiled for the detectors. Every fault is reported with file, line and column, all of them in one run.
package rules
