package context

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// outlook is a row of Outlook Activities.
func outlook(at, app, kind, ip, agent string) string {
	properties := ""
	if ip != "" {
		properties = fmt.Sprintf("'Result': 'Success', 'UserName': 'owner@contoso.com', 'ClientIP': '%s', 'UserAgent': '%s'", ip, agent)
	}
	return fmt.Sprintf("%s.000Z,%s,%s,,%s.000Z,,\"{%s}\"", at, app, kind, at, properties)
}

const program = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.9126; Pro)"

// Promise: Outlook Activities show neither devices nor sessions, so the owner's mail program tells his VPN from another's;
// what follows no logon is as strange as the day's places, and not known where one of them is strange.
func TestOutlookActivities(t *testing.T) {
	const home, vpn = "80.114.221.9", "185.65.134.228"
	browser := outlook("2018-05-20T14:00:00", "Web", "ServerLogon", vpn, windows)
	beside := outlook("2018-05-20T14:05:00", "Outlook", "ServerLogon", vpn, program)
	lost := func(day int) string {
		return outlook(fmt.Sprintf("2018-05-%02dT18:00:00", day), "Web", "Delete", "", "")
	}
	alone := func(day int) string { return strings.Replace(lost(day), "Z,,\"", "Z,its-own,\"", 1) }
	for _, c := range []struct {
		name string
		more []string
		what string // operation of what is judged
		ip   string
		from int // tenths; -1: not known
		to   int
	}{
		{"a VPN in a browser", []string{browser}, "ServerLogon", vpn, 25, 50},
		{"a VPN in the mail program alone, as whoever stole a password sets one up", []string{beside}, "ServerLogon", vpn, 25, 50},
		{"a VPN in all that the owner has", []string{browser, beside}, "ServerLogon", vpn, 0, 10},
		{"hours after the logon, at home", []string{lost(19)}, "Delete", "", 0, 0},
		{"hours after the logon, on the day of somebody else", []string{browser, lost(20)}, "Delete", "", -1, -1},
		{"hours after the logon, days after somebody else", []string{browser, lost(23)}, "Delete", "", 0, 0},
		{"the same, in a session of the row's own", []string{browser, alone(23)}, "Delete", "", 0, 0},
		{"and on the day", []string{browser, alone(20)}, "Delete", "", -1, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines := []string{"TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties"}
			for day := 1; day <= 28; day++ {
				lines = append(lines, outlook(fmt.Sprintf("2018-05-%02dT09:00:00", day), "Web", "ServerLogon", home, windows),
					outlook(fmt.Sprintf("2018-05-%02dT11:00:00", day), "Outlook", "ServerLogon", home, program))
			}
			path := filepath.Join(t.TempDir(), "owner@contoso.com.csv")
			if err := os.WriteFile(path, []byte(strings.Join(append(lines, c.more...), "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			box := read(t, path)
			m, judged := measureOf(t, box, 1), 0
			for i := range box.Activities {
				a := &box.Activities[i]
				if box.Text(a.Op) != c.what || c.ip != "" && box.Text(a.IP) != c.ip {
					continue
				}
				judged++
				tenths, ok := m.Strangeness(uint32(i))
				if !ok {
					tenths = -1
				}
				if tenths < c.from || tenths > c.to {
					t.Errorf("%d tenths, want %d to %d: %q", tenths, c.from, c.to, m.StrangeWhy(uint32(i)))
				}
			}
			if judged == 0 {
				t.Error("there is nothing to judge")
			}
		})
	}
}
