package graphfetch

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/ingest/m365"
	"triage/ingest/m365/collect"
)

// Ability is what a token may do about one source.
type Ability struct {
	Source  collect.Source
	Lacking []string // permissions
}

// Messages is the source that triage fetch messages asks for.
func Messages() collect.Source {
	return collect.Source{Name: "messages", Title: "single messages", Permissions: []string{"Mail.ReadBasic.All"}}
}

// Abilities says of each source what a token lacks, by what it says of itself.
func Abilities(c m365.Claims) []Ability {
	var all []Ability
	for _, s := range append(collect.Sources(), Messages()) {
		a := Ability{Source: s}
		for _, p := range s.Permissions {
			if !grants(c.Permissions, p) {
				a.Lacking = append(a.Lacking, p)
			}
		}
		all = append(all, a)
	}
	return all
}

// grants says that permissions hold one, or a higher one that contains it. Source: Microsoft Graph permissions reference.
func grants(have []string, want string) bool {
	higher := map[string][]string{
		"Mail.ReadBasic.All":            {"Mail.Read", "Mail.ReadWrite", "Mail.ReadBasic"},
		"MailboxSettings.Read":          {"MailboxSettings.ReadWrite"},
		"RoleManagement.Read.Directory": {"RoleManagement.ReadWrite.Directory", "Directory.Read.All", "Directory.ReadWrite.All"},
	}[want]
	if stem, ok := strings.CutSuffix(want, ".Read.All"); ok {
		higher = append(higher, stem+".ReadWrite.All")
	}
	return slices.ContainsFunc(append(higher, want), func(p string) bool {
		return slices.ContainsFunc(have, func(h string) bool { return strings.EqualFold(h, p) })
	})
}

// Doctor says what a token may do, before anything is asked.
func Doctor(c m365.Claims, now time.Time, consent string) []string {
	who := "application " + c.App
	if c.Name != "" {
		who += " (" + c.Name + ")"
	}
	if c.User != "" {
		who += ", signed in: " + c.User
	}
	lines := []string{"token     " + who, "tenant    " + c.Tenant, "for       " + c.Audience}
	switch left := c.Expires.Sub(now).Round(time.Minute); {
	case c.Expires.IsZero():
	case left <= 0:
		lines = append(lines, "ends      "+c.Expires.Format(time.DateTime)+": it is over, get a new one")
	default:
		lines = append(lines, fmt.Sprintf("ends      %s, in %s", c.Expires.Format(time.DateTime), strings.TrimSuffix(left.String(), "0s")))
	}
	lines = append(lines, "")
	lacks := false
	for _, a := range Abilities(c) {
		may := "yes"
		if len(a.Lacking) > 0 {
			may, lacks = "no: "+strings.Join(a.Lacking, ", ")+" lacks", true
		}
		line := fmt.Sprintf("%-9s %s", a.Source.Name, may)
		if a.Source.License != "" {
			line += " (the tenant needs " + a.Source.License + ")"
		}
		lines = append(lines, line)
	}
	if lacks && consent != "" {
		lines = append(lines, "", "what lacks is consented to by an administrator at "+consent)
	}
	return lines
}
