package main

import (
	"slices"
	"time"
)

// property is one custom property. The service writes every value as text.
type property struct{ name, value string }

// row is one activity as the service recorded it.
type row struct {
	time, created          time.Time
	app, kind              string
	item, session          string
	properties             []property
	plant                  string // names the planted act that the row belongs to; "" for ordinary life
	id                     string // the API's own id of the row, which the CSV does not have
	rawTime, rawProperties string // written as they are instead of time and properties, for broken rows
	rawLine                string // the whole line, for rows that are broken further
}

// stamp writes a time as the service did: UTC, milliseconds.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// timeText is what stands in the TimeStamp field.
func (r *row) timeText() string {
	if r.rawTime != "" {
		return r.rawTime
	}
	return stamp(r.time)
}

// ascending sorts rows by time. Rows of one time keep the order in which they were made.
func ascending(rows []row) {
	slices.SortStableFunc(rows, func(a, b row) int { return a.time.Compare(b.time) })
}

// descending sorts rows newest first, the order in which the retriever of 2018 received them.
func descending(rows []row) {
	ascending(rows)
	slices.Reverse(rows)
}
