// Package analyzers runs the rules of a pack over a case, and scores what they find.
package analyzers
