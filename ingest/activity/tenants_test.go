package activity

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// claimRow is a record of a test export and what it says of its tenant.
type claimRow struct {
	row
	source         Source
	file           int
	tenant, home   string
	actorType      ActorType
	workload, mate string // the other end of a message
	at             int64  // where it stands in its file
}

// buildClaims makes a case of rows, in files of one source each; the workers take them in turns.
func buildClaims(rows []claimRow, workers int) *Case {
	files := map[int][]*Shard{}
	sources := map[int]Source{}
	var order []int
	for i, r := range rows {
		if files[r.file] == nil {
			order = append(order, r.file)
			sources[r.file] = r.source
			for range workers {
				files[r.file] = append(files[r.file], NewShard(0, Interest{}))
			}
		}
		s := files[r.file][i%workers]
		s.Put(FieldWorkload, []byte(r.workload))
		s.Put(FieldSender, []byte(r.mate))
		s.TenantOrHome([]byte(r.tenant), []byte(r.home))
		s.Add(Activity{
			ID: HashID([]byte(r.id)), Time: r.time, Type: r.kind, Result: Success, ActorType: r.actorType, Offset: r.at,
			Sum:     contentSumOf(r),
			Mailbox: s.InternFold([]byte(r.mailbox)), Actor: s.InternFold([]byte(r.actor)), Lane: r.lane,
		})
	}
	slices.Sort(order)
	b := NewBuilder()
	for _, file := range order {
		n := int64(0)
		for _, s := range files[file] {
			n += int64(s.Len())
		}
		b.Add(Input{Path: fmt.Sprintf("export-%d", file), Source: sources[file], Rows: n}, files[file], "")
	}
	return b.Case()
}

// contentSumOf tells records of one id apart by what they say.
func contentSumOf(r claimRow) uint64 {
	id := HashID(fmt.Append(nil, r.row, r.mate, r.actorType, r.workload))
	return binary.LittleEndian.Uint64(id[:])
}

// parts is which record each tenant has, and the figures of each input.
func parts(c *Case) []string {
	var all []string
	for _, one := range c.Tenants() {
		for i := range one.Activities {
			a := &one.Activities[i]
			all = append(all, fmt.Sprintf("%s %s %s %s %s %s", one.Tenant, a.ID, one.Text(a.Mailbox), one.Text(one.Get(a, FieldSender)),
				one.Inputs[a.File].Path, c.Inputs[one.Whole(a.Origin()).File].Path))
		}
	}
	for _, in := range c.Inputs {
		all = append(all, fmt.Sprintf("%s %d %d %d", in.Path, in.Rows, in.Activities, in.Duplicates))
	}
	return all
}

// Promise: whose rows are whose depends neither on their order nor on the workers, and no row is lost or in two tenants.
func TestTenantsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		guid := func(name string) string {
			return rapid.SampledFrom([]string{"", "", "", "00000000-0000-0000-0000-000000000000", "not an id \x1b"}).Draw(t, name+" none") +
				rapid.SampledFrom([]string{"", "aaaaaaaa-0000-4000-8000-00000000000a", "BBBBBBBB-0000-4000-8000-00000000000b", "cccccccc-0000-4000-8000-00000000000c"}).Draw(t, name)
		}
		name := func(what string) string {
			return rapid.SampledFrom([]string{"", "a@a.example", "b@b.example", "c@c.example", "x@a.example", "y@elsewhere.example", "desk"}).Draw(t, what)
		}
		var rows []claimRow
		for i := range rapid.IntRange(1, 25).Draw(t, "rows") {
			file := rapid.IntRange(0, 3).Draw(t, "file")
			rows = append(rows, claimRow{
				row: row{
					id: fmt.Sprint(rapid.IntRange(0, 30).Draw(t, "id")), time: int64(i), mailbox: name("mailbox"), actor: name("actor"),
					kind: rapid.SampledFrom([]Type{Logon, MailAccess, Deliver}).Draw(t, "type"), lane: rapid.SampledFrom([]Lane{Person, Person, System}).Draw(t, "lane"),
				},
				source: []Source{SourceAudit, SourceSignin, SourceTrace, SourceAudit}[file], file: file, at: int64(i),
				tenant: guid("tenant"), home: guid("home"), mate: name("mate"),
				actorType: rapid.SampledFrom([]ActorType{ActorRegular, ActorGuest}).Draw(t, "actor type"),
				workload:  rapid.SampledFrom([]string{"Exchange", "AzureActiveDirectory"}).Draw(t, "workload"),
			})
		}
		want := buildClaims(rows, 1)
		total := 0
		for _, one := range want.Tenants() {
			total += len(one.Activities) + len(one.Duplicates)
		}
		if total != len(rows) {
			t.Fatalf("%d rows of %d are somebody's", total, len(rows))
		}
		if len(want.Parts) == 1 || len(want.Parts) > 4 {
			t.Fatalf("%d parts", len(want.Parts))
		}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		if got := parts(buildClaims(rows, rapid.IntRange(1, 3).Draw(t, "workers"))); !slices.Equal(got, parts(want)) {
			t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(parts(want), "\n"))
		}
	})
}

// Promise: what a record says of its tenant stays with it, however large its file is, whatever other files are merged
// before and after it, and wherever the report lists them.
func TestClaimsStayWithTheirRecords(t *testing.T) {
	const a, b = "aaaaaaaa-0000-4000-8000-00000000000a", "bbbbbbbb-0000-4000-8000-00000000000b"
	random := rand.New(rand.NewPCG(7, 1))
	builder := NewBuilder()
	want := map[string]string{}
	const files = 60
	for file := range files {
		shards := []*Shard{NewShard(0, Interest{}), NewShard(0, Interest{})}
		n := []int{1, 3, 900, 1100, 9000}[random.IntN(5)]
		for i := range n {
			s := shards[random.IntN(2)]
			name := fmt.Sprintf("%d.%d@%d.example", file, i, file)
			id := []string{a, b, b}[random.IntN(3)]
			if i%7 == 3 || file == 5 { // whose mailbox another record tells, or nothing
				id = ""
			}
			want[name] = id
			if s.Tenant([]byte(id)); i%11 == 0 {
				s.Skip(int64(i), fmt.Errorf("broken")) // what is said of it is not said of the next
				delete(want, name)
				continue
			}
			s.Add(Activity{ID: HashID([]byte(name)), Time: int64(i), Mailbox: s.InternFold([]byte(name)), Offset: int64(i)})
		}
		builder.Add(Input{Path: fmt.Sprint(file), Rows: int64(n), Source: SourceAudit}, shards, "")
	}
	numbers := make([]uint32, files)
	for i, to := range random.Perm(files) {
		numbers[i] = uint32(to)
	}
	builder.Order(numbers)
	c := builder.Case()
	seen := 0
	for _, one := range c.Parts {
		for i := range one.Activities {
			activity := &one.Activities[i]
			seen++
			name := one.Text(activity.Mailbox)
			if id, ok := want[name]; !ok || id != "" && id != one.Tenant {
				t.Fatalf("%s is %q's, want %q", name, one.Tenant, id)
			}
			if file, _, _ := strings.Cut(name, "."); file != c.Inputs[one.Whole(activity.Origin()).File].Path {
				t.Fatalf("%s stands in %s", name, c.Inputs[one.Whole(activity.Origin()).File].Path)
			}
		}
	}
	if seen != len(want) || len(c.Parts) != 3 {
		t.Errorf("%d activities of %d parts, want %d", seen, len(c.Parts), len(want))
	}
}

// Promise: a text that is no GUID names no tenant, however long it is and whatever it holds.
func TestHostileTenantIDs(t *testing.T) {
	f := func(id, want string) {
		t.Helper()
		c := buildClaims([]claimRow{{row: row{id: "1"}, source: SourceAudit, tenant: id}}, 1)
		if c.Tenant != want || len(c.Parts) > 0 {
			t.Errorf("%.40q: tenant %q, %d parts; want %q", id, c.Tenant, len(c.Parts), want)
		}
	}
	const id = "aaaaaaaa-0000-4000-8000-00000000000a"
	f(id, id)
	f(" "+strings.ToUpper(id)+"\r\n", id)
	for _, none := range []string{
		"", " ", "tenant-1", strings.Repeat("a", 36), id + "b", "{" + id + "}", "00000000-0000-0000-0000-000000000000",
		id[:35] + "\x1b", "\u202e" + id, strings.Repeat(id, 1<<15), "\x00", "not-named", "=cmd|' /C calc'!A0",
	} {
		f(none, "")
	}
}

// Promise: a case of very many tenants costs what its rows cost: no part has room for another's texts, details or inputs.
func TestManyTenantsAreSmall(t *testing.T) {
	const n = 3000
	rows := make([]claimRow, n)
	for i := range rows {
		rows[i] = claimRow{
			row:    row{id: fmt.Sprint(i), time: int64(i), mailbox: fmt.Sprintf("user@t%d.example", i), kind: Logon},
			source: SourceAudit, file: i, tenant: fmt.Sprintf("%08x-0000-4000-8000-00000000000a", i), workload: "Exchange",
		}
	}
	c := buildClaims(rows, 1)
	if len(c.Parts) != n {
		t.Fatalf("%d parts, want %d", len(c.Parts), n)
	}
	for _, one := range c.Parts {
		if len(one.Activities) != 1 || one.Symbols.Len() > 4 || cap(one.details) > 4 || len(one.Inputs) != 1 || len(one.joins.first) > 4 {
			t.Fatalf("%s: %d activities, %d texts, %d details, %d inputs", one.Tenant, len(one.Activities), one.Symbols.Len(), cap(one.details), len(one.Inputs))
		}
	}
}
