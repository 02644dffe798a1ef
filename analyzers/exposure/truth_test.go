package exposure_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"triage/analyzers/attribution"
	"triage/analyzers/exposure"
	"triage/ingest"
	"triage/ingest/activity"
	"triage/rules/detect"
	"triage/testdata/ordinary"
)

// told is a tenant whose truth says whose act each record was.
type told struct {
	tenant *ordinary.Tenant
	files  *ingest.Files
	owner  []int // by index of activity: one more than the index of an intruder
}

func invent(t *testing.T, o ordinary.Options) *told {
	t.Helper()
	x := &told{tenant: ordinary.New(o)}
	dir := t.TempDir()
	if err := x.tenant.Write(dir); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, name := range x.tenant.Files() {
		paths = append(paths, filepath.Join(dir, name))
	}
	files, err := ingest.Open(context.Background(), paths, ingest.Options{Interest: exposure.Want(activity.Interest{Params: map[string]bool{}})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	x.files = files
	c := files.Case
	x.owner = make([]int, len(c.Activities))
	starts := make([]map[int64]int, len(c.Inputs)) // by input: whose the record is that starts there
	for i := range c.Inputs {
		text, err := os.ReadFile(c.Inputs[i].Path)
		if err != nil {
			t.Fatal(err)
		}
		starts[i] = map[int64]int{}
		at := int64(0)
		owners := x.tenant.Owners(filepath.Base(c.Inputs[i].Path))
		for n, line := range bytes.SplitAfter(text, []byte("\n")) {
			if n < len(owners) {
				starts[i][at] = owners[n]
			}
			at += int64(len(line))
		}
	}
	for i := range c.Activities {
		for o := range c.Origins(uint32(i)) {
			owner, ok := starts[o.File][o.Offset]
			if !ok {
				t.Fatalf("no record starts at byte %d of %s", o.Offset, c.Inputs[o.File].Path)
			}
			x.owner[i] = max(x.owner[i], owner)
		}
	}
	return x
}

// source gives the truth as attribution; but for the rows in none, each intruder's acts are his.
func (x *told) source(none map[uint32]bool) exposure.Source {
	c := x.files.Case
	in := exposure.Source{Case: c, Lines: c.Timelines(), Domains: detect.NewDomains(c, nil), Intruders: make([]attribution.Intruder, len(x.tenant.Truth))}
	for i := range c.Activities {
		if a := &c.Activities[i]; x.owner[i] > 0 && !none[uint32(i)] && c.Inputs[a.File].Source != activity.SourceTrace {
			one := &in.Intruders[x.owner[i]-1]
			one.Rows = append(one.Rows, uint32(i))
		}
	}
	in.Who = func(index uint32) (attribution.Who, int) {
		switch {
		case c.Activities[index].Type == activity.Deliver:
			return attribution.Nobody, -1
		case x.owner[index] > 0 && !none[index]:
			return attribution.Attacker, x.owner[index] - 1
		}
		return attribution.Owner, -1
	}
	return in
}

var ids = regexp.MustCompile(`"InternetMessageId":"([^"]+)"|'InternetMessageId': '([^']+)'`)

// touched are the ids of the messages that the records of an intruder name, by mailbox, read from the text alone.
func (x *told) touched(intruder int) map[string]map[string]bool {
	items := map[string]string{} // of Outlook Activities: message ids by mailbox and item, as deliveries and his records say
	each := func(do func(r *ordinary.Record, row []string)) {
		for i := range x.tenant.Records {
			r := &x.tenant.Records[i]
			var row []string
			if r.Log == ordinary.Activities {
				row, _ = csv.NewReader(bytes.NewReader(r.Text)).Read()
			}
			do(r, row)
		}
	}
	each(func(r *ordinary.Record, row []string) {
		if r.Log != ordinary.Activities || row[3] == "" || r.Op != "MessageDelivered" && r.Intruder != intruder {
			return
		}
		if found := ids.FindStringSubmatch(string(r.Text)); found != nil && items[r.Mailbox+row[3]] == "" {
			items[r.Mailbox+row[3]] = found[2]
		}
	})
	out := map[string]map[string]bool{}
	add := func(mailbox, id string) {
		if out[mailbox] == nil {
			out[mailbox] = map[string]bool{}
		}
		out[mailbox][id] = true
	}
	each(func(r *ordinary.Record, row []string) {
		switch {
		case r.Intruder != intruder || r.Log == ordinary.Trace || r.Log == ordinary.SignIns:
		case r.Log == ordinary.Activities:
			if row[3] == "" || r.Op == "MessageDelivered" {
				return
			}
			if id := items[r.Mailbox+row[3]]; id != "" {
				add(r.Mailbox, id)
			} else {
				add(r.Mailbox, row[3])
			}
		default:
			var d struct{ MailboxOwnerUPN, SourceFileName, UserId, ObjectId string }
			if err := json.Unmarshal(r.Text, &d); err != nil {
				panic(err)
			}
			for _, found := range ids.FindAllStringSubmatch(string(r.Text), -1) {
				id := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(found[1])
				add(d.MailboxOwnerUPN, id)
			}
			if d.SourceFileName != "" {
				add(d.UserId, d.ObjectId)
			}
		}
	})
	return out
}

// Promise: over invented tenants, what is proven is what the intruders' own records name, no more and no less; what is
// presumed is in a mailbox that was taken whole; nothing that only owners touched is proven.
func TestProvenIsTheTruth(t *testing.T) {
	for _, o := range []ordinary.Options{
		{Seed: 101, People: 14, Days: 16, Intruders: ordinary.Kinds()},
		{Seed: 102, People: 12, Days: 14, Intruders: ordinary.KindsInActivities(), Activities: true},
	} {
		x := invent(t, o)
		c := x.files.Case
		e := exposure.Of(t.Context(), x.source(nil))
		proven, presumed := 0, 0
		for n := range x.tenant.Truth {
			want := x.touched(n + 1)
			for i := range e.Boxes {
				b := &e.Boxes[i]
				if b.Intruder != n {
					continue
				}
				of := want[c.Text(b.Mailbox)]
				whole := false
				for k := range b.Wholes {
					whole = whole || b.Wholes[k].How != exposure.Opened
				}
				for k := range b.Items {
					one := &b.Items[k]
					if len(one.Rows) == 0 {
						t.Fatalf("%s in %s has no row", c.Text(one.ID), c.Text(b.Mailbox))
					}
					switch id := c.Text(one.ID); {
					case one.State == exposure.Proven:
						if proven++; !of[id] {
							t.Errorf("%s (%s) in %s is proven and no record of %s names it", id, one.Acts.Words(), c.Text(b.Mailbox), x.tenant.Truth[n].Kind)
						}
						delete(of, id)
					case one.State == exposure.Presumed && whole:
						presumed++
					default:
						t.Errorf("%s in %s is %s", id, c.Text(b.Mailbox), one.State)
					}
				}
			}
			for mailbox, left := range want {
				for id := range left {
					t.Errorf("%s of %s, which a record of %s names, is missing", id, mailbox, x.tenant.Truth[n].Kind)
				}
			}
		}
		t.Logf("%d boxes, proven %d, presumed %d, sums %+v", len(e.Boxes), proven, presumed, e.Sums)
		if proven < 50 || presumed == 0 {
			t.Errorf("proven %d, presumed %d: too few to say anything", proven, presumed)
		}
	}
}
