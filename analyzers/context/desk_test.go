package context

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Promise: in a tenant so small that no colleague is at home in a network, a session that goes there in the evening and is
// at the desk in the morning is its owner's, where people live in his country; a machine that is for rent, and another
// country, are not where he sleeps, unless it is a phone's, whose traffic leaves at home.
func TestDesk(t *testing.T) {
	const office, phone = "91.10.20.30", "Outlook-iOS/2.0"
	as := func(who, line string) string { return strings.ReplaceAll(line, "owner@contoso.com", who) }
	var colleagues []string
	for n := range 6 {
		for day := range 20 {
			colleagues = append(colleagues, as(fmt.Sprintf("c%d@contoso.com", n), act(fmt.Sprintf("2026-03-%02dT08:00:00", 1+day), office, fmt.Sprint("s", n), windows)))
		}
	}
	for day := range 20 { // the owner, at work, with a phone on its provider's line
		colleagues = append(colleagues,
			act(fmt.Sprintf("2026-03-%02dT08:30:00", 1+day), office, "laptop", windows), act(fmt.Sprintf("2026-03-%02dT15:30:00", 1+day), office, "laptop", windows),
			act(fmt.Sprintf("2026-03-%02dT12:30:00", 1+day), "80.187.41.7", "phone", phone))
	}
	evening := func(ip, session, agent string) []string {
		return []string{act("2026-03-11T20:00:00", ip, session, agent), act("2026-03-12T20:00:00", ip, session, agent)}
	}
	for _, c := range []struct {
		name     string
		more     []string
		at       string
		from, to int
	}{
		{"at home, in a network that nobody else has", evening("188.192.9.9", "laptop", windows), "188.192.9.9", 0, 15},
		{"from a rented machine meanwhile", evening("37.97.200.31", "laptop", windows), "37.97.200.31", 25, 50},
		{"from another country meanwhile", evening("83.32.10.7", "laptop", windows), "83.32.10.7", 25, 50},
		{"the phone in another country meanwhile", evening("83.32.10.7", "phone", phone), "83.32.10.7", 0, 15},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "audit.jsonl")
			if err := os.WriteFile(path, []byte(strings.Join(append(c.more, colleagues...), "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			box := read(t, path)
			m := measureOf(t, box, 1)
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
