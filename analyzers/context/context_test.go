package context

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"triage/analyzers/presence"
	"triage/geo"
	"triage/ingest"
	"triage/ingest/activity"
	"triage/testdata/ordinary"
)

// places are those of a case, by the built-in databases.
type places struct{ *geo.Table }

func (p places) Field(activity.Symbol, activity.Field) string { return "" }
func (p places) At(ip activity.Symbol) geo.Located            { return p.Table.At(uint32(ip)) }

func read(t *testing.T, paths ...string) *activity.Case {
	t.Helper()
	files, err := ingest.Open(context.Background(), paths, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	return files.Case
}

func tableOf(t *testing.T, c *activity.Case, workers int) *presence.Table {
	t.Helper()
	l, err := geo.Open(geo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	table := geo.NewTable(l, func(yield func(activity.Symbol, string) bool) {
		for i := range c.Activities {
			if ip := c.Activities[i].IP; ip != 0 && !yield(ip, c.Text(ip)) {
				return
			}
		}
	})
	return presence.Of(context.Background(), c, places{table}, c.Timelines(), workers)
}

func measureOf(t *testing.T, c *activity.Case, workers int) *Measure {
	t.Helper()
	return Of(context.Background(), tableOf(t, c, workers), func(a *presence.Account) string { return c.Text(a.Name) }, nil, workers)
}

// said is what is measured of each activity, by its time, actor and operation.
func said(c *activity.Case, m *Measure, of func(a *activity.Activity) bool) []string {
	var list []string
	for i := range c.Activities {
		if a := &c.Activities[i]; of(a) {
			tenths, ok := m.Strangeness(uint32(i))
			list = append(list, fmt.Sprint(a.ID, tenths, ok, m.StrangeWhy(uint32(i)), m.Line(uint32(i))))
		}
	}
	slices.Sort(list)
	return list
}

func everybody(*activity.Activity) bool { return true }

func invented(t *testing.T, o ordinary.Options) (audit, signins string) {
	t.Helper()
	dir := t.TempDir()
	if err := ordinary.New(o).Write(dir); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "audit.jsonl"), filepath.Join(dir, "signins.jsonl")
}

// Promise: the same whatever the order of lines and the number of workers; and an account that shares nothing with others
// changes nothing of theirs.
func TestSameInAnyOrder(t *testing.T) {
	for _, people := range []int{4, 5, 6, 10} { // a tenant too small to have a habit, one that just has it, and larger ones
		t.Run(fmt.Sprint(people), func(t *testing.T) { sameInAnyOrder(t, people) })
	}
}

func sameInAnyOrder(t *testing.T, people int) {
	audit, signins := invented(t, ordinary.Options{Seed: 3, People: people, Days: 20, Intruders: []string{"device-code"}})
	c := read(t, audit, signins)
	want := said(c, measureOf(t, c, 1), everybody)
	if got := said(c, measureOf(t, c, 7), everybody); !slices.Equal(got, want) {
		t.Error("seven workers measure otherwise than one")
	}
	text, err := os.ReadFile(audit)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(lines), func(i, k int) { lines[i], lines[k] = lines[k], lines[i] })
	write := func(name string, lines []string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	again := read(t, write("audit.jsonl", lines), signins)
	if got := said(again, measureOf(t, again, 2), everybody); !slices.Equal(got, want) {
		t.Error("shuffled lines are measured otherwise")
	}
	_, rest, _ := strings.Cut(lines[0], `"OrganizationId":"`)
	tenant, _, _ := strings.Cut(rest, `"`)
	const lonely = "lonely@contoso.com"
	for day := range 12 {
		lines = append(lines, fmt.Sprintf(`{"CreationTime":"2026-03-%02dT09:00:00","Id":"aaaaaaaa-0000-4000-8000-%012d","Operation":"MailItemsAccessed","OrganizationId":"%s","RecordType":50,"ResultStatus":"Succeeded","UserType":0,"Workload":"Exchange","UserId":"%s","MailboxOwnerUPN":"%s","ClientIPAddress":"202.12.27.%d","ClientInfoString":"Client=OWA;Lonely/1.0"}`, 2+day, day, tenant, lonely, lonely, day))
	}
	more := read(t, write("audit.jsonl", lines), signins)
	if len(more.Parts) > 0 || len(more.Activities) <= len(c.Activities) {
		t.Fatalf("%d tenants, %d activities of %d and 12 more", max(1, len(more.Parts)), len(more.Activities), len(c.Activities))
	}
	others := func(a *activity.Activity) bool { return more.Text(a.Actor) != lonely }
	if got := said(more, measureOf(t, more, 2), others); !slices.Equal(got, want) {
		t.Error("an account that shares nothing with the others changes how strange their acts are")
		for _, line := range got {
			if !slices.Contains(want, line) {
				t.Fatal(line)
			}
		}
	}
}

// Promise: parts of a tenant merge in any order and grouping to what the whole is.
func TestTenantMerges(t *testing.T) {
	audit, signins := invented(t, ordinary.Options{Seed: 4, People: 14, Days: 25, Intruders: []string{"spray"}})
	c := read(t, audit, signins)
	table := tableOf(t, c, 2)
	name := func(a *presence.Account) string { return c.Text(a.Name) }
	whole := &Tenant{}
	for i := range table.Accounts {
		whole.add(table, &table.Accounts[i], sessionsOf(table, &table.Accounts[i]), name(&table.Accounts[i]))
	}
	random := rand.New(rand.NewPCG(5, 6))
	for range 10 {
		parts := make([]*Tenant, 1+random.IntN(5))
		for i := range parts {
			parts[i] = &Tenant{}
		}
		for _, i := range random.Perm(len(table.Accounts)) {
			parts[random.IntN(len(parts))].add(table, &table.Accounts[i], sessionsOf(table, &table.Accounts[i]), name(&table.Accounts[i]))
		}
		for len(parts) > 1 {
			i := random.IntN(len(parts) - 1)
			parts[i].Merge(parts[i+1])
			parts = slices.Delete(parts, i+1, i+2)
		}
		whole.settle()
		parts[0].settle()
		if !reflect.DeepEqual(parts[0], whole) {
			t.Fatal("merged parts are another tenant")
		}
	}
	if len(whole.egress) == 0 || len(whole.networks) == 0 {
		t.Error("the tenant has no office: this proves nothing")
	}
}

// life writes an account's acts: thirty working days at home with one session and program, and what is asked.
func life(t *testing.T, more ...string) (*activity.Case, *Measure) {
	t.Helper()
	lines := make([]string, 0, 30+len(more))
	for day := range 30 {
		lines = append(lines, act(fmt.Sprintf("2026-03-%02dT09:00:00", 1+day), "80.114.221.9", "home", windows))
	}
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	if err := os.WriteFile(path, []byte(strings.Join(append(lines, more...), "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := read(t, path)
	return c, measureOf(t, c, 1)
}

const (
	windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0.0.0 Safari/537.36"
	linux   = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
)

var acts int

func act(at, ip, session, agent string) string {
	acts++
	return fmt.Sprintf(`{"CreationTime":"%s","Id":"bbbbbbbb-0000-4000-8000-%012d","Operation":"MailItemsAccessed","OrganizationId":"00000000-0000-4000-8000-000000000001","RecordType":50,"ResultStatus":"Succeeded","UserType":0,"Workload":"Exchange","UserId":"owner@contoso.com","MailboxOwnerUPN":"owner@contoso.com","ClientIPAddress":"%s","SessionId":"%s","ClientInfoString":"Client=OWA;%s"}`, at, acts, ip, session, agent)
}

// Promise: a stranger's places do not vouch for each other; what travels with its owner does not make a place strange.
func TestStrangers(t *testing.T) {
	cafes := []string{act("2026-03-11T08:00:00", "82.72.9.9", "home", windows), act("2026-03-11T13:00:00", "82.72.9.9", "home", windows)}
	const none = "00000000-0000-0000-0000-000000000000"
	zero := []string{
		act("2026-03-10T09:30:00", "80.114.221.9", none, windows), act("2026-03-11T09:30:00", "80.114.221.9", none, windows),
		act("2026-03-20T02:00:00", "37.120.140.14", none, windows), act("2026-03-21T02:00:00", "105.112.4.7", none, windows),
	}
	for _, c := range []struct {
		name string
		more []string
		at   string // address of what is judged
		from int    // tenths
		to   int
	}{
		{"at home", nil, "80.114.221.9", 0, 0},
		{"from a rented machine abroad", []string{act("2026-03-20T02:00:00", "37.120.140.14", "other", linux)}, "37.120.140.14", 40, 50},
		{
			"from two rented machines of one company in turns",
			[]string{
				act("2026-03-20T02:00:00", "37.120.140.14", "x", linux), act("2026-03-21T02:00:00", "37.120.141.14", "x", linux),
				act("2026-03-22T02:00:00", "37.120.140.14", "x", linux), act("2026-03-23T02:00:00", "37.120.141.14", "x", linux),
			},
			"37.120.140.14", 40, 50,
		},
		{"abroad with the session that was at home", []string{act("2026-03-20T14:00:00", "87.130.10.7", "home", windows)}, "87.130.10.7", 0, 15},
		{"the same from a rented machine", []string{act("2026-03-20T14:00:00", "37.120.140.14", "home", windows)}, "37.120.140.14", 25, 50},
		{"the same with another system", []string{act("2026-03-20T14:00:00", "87.130.10.7", "home", linux)}, "87.130.10.7", 25, 50},
		{"from a rented machine, in the session of no one", zero, "37.120.140.14", 25, 50},
		{"abroad, in the session of no one", zero, "105.112.4.7", 15, 50},
		{"in a café of the town", cafes, "82.72.9.9", 0, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			box, m := life(t, c.more...)
			for i := range box.Activities {
				if box.Text(box.Activities[i].IP) != c.at {
					continue
				}
				if tenths, ok := m.Strangeness(uint32(i)); !ok || tenths < c.from || tenths > c.to {
					t.Errorf("%d tenths (%v), want %d to %d: %q", tenths, ok, c.from, c.to, m.StrangeWhy(uint32(i)))
				}
			}
		})
	}
}

// Promise: of an account with few days in a tenant with few accounts nothing is said, which is not 0.
func TestThin(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	if err := os.WriteFile(path, []byte(act("2026-03-20T02:00:00", "37.120.140.14", "other", linux)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := read(t, path)
	m := measureOf(t, c, 1)
	if tenths, ok := m.Strangeness(0); ok {
		t.Errorf("%d tenths is said of one act", tenths)
	}
	if why := m.StrangeWhy(0); len(why) > 0 {
		t.Error(why)
	}
}

// Promise: what neither address nor session shows the place of, and what follows the owner's visit, is not called the
// owner's on a day on which a stranger was there.
func TestAnybodys(t *testing.T) {
	bare := func(at string) string {
		return strings.NewReplacer(`"ClientIPAddress":"80.114.221.9"`, `"ClientIPAddress":""`, `"SessionId":"home"`, `"SessionId":""`).Replace(act(at, "80.114.221.9", "home", windows))
	}
	stranger := act("2026-03-20T02:00:00", "37.120.140.14", "other", linux)
	for _, c := range []struct {
		name  string
		more  []string
		known bool
	}{
		{"nobody else was there", []string{bare("2026-03-20T10:00:00")}, true},
		{"a stranger was there that night", []string{stranger, bare("2026-03-20T10:00:00")}, false},
		{"a stranger was there days before", []string{stranger, bare("2026-03-25T10:00:00")}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			box, m := life(t, c.more...)
			judged := 0
			for i := range box.Activities {
				if box.Activities[i].IP != 0 {
					continue
				}
				judged++
				if tenths, ok := m.Strangeness(uint32(i)); ok != c.known || tenths != 0 {
					t.Errorf("%d tenths (%v), want known: %v", tenths, ok, c.known)
				}
				if why := m.StrangeWhy(uint32(i)); !c.known && len(why) > 0 {
					t.Errorf("nobody knows, because of %q", why)
				}
			}
			if judged != 1 {
				t.Errorf("%d acts show no place", judged)
			}
		})
	}
}
