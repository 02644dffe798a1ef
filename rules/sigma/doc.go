// Package sigma turns Sigma rules, as they are published, into rules of a pack: the same detectors judge them, and no
// second engine does. mapping.yaml says which rows a log source is and which field of an activity, or of the record
// itself, a Sigma field is. What cannot be expressed is skipped by name, with its reason: a rule is whole, or not loaded.
package sigma
