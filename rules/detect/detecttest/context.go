package detecttest

import (
	"math"
	"strconv"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// context is how strange acts are, as the columns strangeness and strange_why say it.
type context struct{ c *activity.Case }

// contextOf is nil where no row says how strange it is.
func contextOf(c *activity.Case) detect.Context {
	x := context{c}
	for i := range c.Activities {
		if _, ok := x.Strangeness(uint32(i)); ok {
			return x
		}
	}
	return nil
}

func (x context) Strangeness(index uint32) (tenths int, ok bool) {
	points, err := strconv.ParseFloat(x.c.Text(x.c.Get(&x.c.Activities[index], activity.FieldStrangeness)), 64)
	return int(math.Round(points * 10)), err == nil
}

func (x context) StrangeWhy(index uint32) (signs []string) {
	for d := range x.c.Details(&x.c.Activities[index]) {
		if d.Key == activity.KeyOf(activity.FieldStrangeWhy) {
			signs = append(signs, x.c.Text(d.Value))
		}
	}
	return signs
}

// Shared is never so: rows do not say it.
func (x context) Shared(uint32, int64) bool { return false }

// Line is the act's address.
func (x context) Line(index uint32) string { return x.c.Text(x.c.Activities[index].IP) }
