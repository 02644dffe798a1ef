// Package navigator writes the techniques that findings name as a layer of the ATT&CK Navigator (layer format 4.5, enterprise).
package navigator

import (
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"

	"triage/analyzers/report"
)

type layer struct {
	Name        string           `json:"name"`
	Versions    versions         `json:"versions"`
	Domain      string           `json:"domain"`
	Description string           `json:"description"`
	Sorting     int              `json:"sorting"`
	HideOff     bool             `json:"hideDisabled"`
	Techniques  []layerTechnique `json:"techniques"`
	Gradient    gradient         `json:"gradient"`
	Legend      []legend         `json:"legendItems"`
	Metadata    []metadataEntry  `json:"metadata"`
	Aggregate   bool             `json:"selectTechniquesAcrossTactics"`
	Subs        bool             `json:"selectSubtechniquesWithParent"`
}

type versions struct {
	Attack    string `json:"attack"`
	Navigator string `json:"navigator"`
	Layer     string `json:"layer"`
}

type layerTechnique struct {
	ID       string          `json:"techniqueID"`
	Score    int             `json:"score"`
	Comment  string          `json:"comment"`
	Enabled  bool            `json:"enabled"`
	Metadata []metadataEntry `json:"metadata"`
	Show     bool            `json:"showSubtechniques"`
}

type gradient struct {
	Colors []string `json:"colors"`
	Min    int      `json:"minValue"`
	Max    int      `json:"maxValue"`
}

type legend struct {
	Label string `json:"label"`
	Color string `json:"color"`
}

type metadataEntry struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// told is how many findings a comment names.
const told = 10

var techniqueID = regexp.MustCompile(`^T[0-9]{4}(\.[0-9]{3})?$`)

// Write writes the layer. A technique's score is the most points that a finding of it has, up to 100; findings that an
// exception covers or somebody explained do not count.
func Write(w io.Writer, r *report.Report) error {
	by := map[string][]*report.Finding{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if !f.Speaks() {
			continue
		}
		for _, id := range f.Attack {
			if techniqueID.MatchString(id) && !slices.Contains(by[id], f) {
				by[id] = append(by[id], f)
			}
		}
	}
	name := "triage"
	if r.Case.Name != "" {
		name += ": " + report.Short(string(r.Case.Name), 100)
	}
	l := layer{
		Name: name, Versions: versions{Attack: "17", Navigator: "5.1.0", Layer: "4.5"}, Domain: "enterprise-attack",
		Description: fmt.Sprintf("Techniques that findings of %s %s name, as of %s. Score: the most points of a finding.", r.Tool.Name, r.Tool.Version, r.AsOf),
		Sorting:     3, Techniques: []layerTechnique{}, Gradient: gradient{Colors: []string{"#fff7d6", "#f4a259", "#b3261e"}, Min: 0, Max: 100},
		Legend: []legend{}, Metadata: []metadataEntry{},
	}
	ids := make([]string, 0, len(by))
	for id := range by {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		l.Techniques = append(l.Techniques, techniqueOf(id, by[id]))
	}
	return report.WriteDocument(w, &l)
}

func techniqueOf(id string, findings []*report.Finding) layerTechnique {
	t := layerTechnique{ID: id, Enabled: true, Show: strings.Contains(id, "."), Metadata: []metadataEntry{{"findings", report.Grouped(len(findings))}}}
	points := 0.0
	var lines, boxes []string
	for i, f := range findings {
		points = max(points, f.Points)
		if i < told {
			lines = append(lines, fmt.Sprintf("%s %s: %s (%s)", report.Plain(f.Short), report.Short(f.Level, 20), report.Short(f.Title, 120), report.Short(f.Mailbox, 80)))
		}
		if !slices.Contains(boxes, f.Mailbox) {
			boxes = append(boxes, f.Mailbox)
		}
	}
	if more := len(findings) - told; more > 0 {
		lines = append(lines, "and "+report.Grouped(more)+" more")
	}
	t.Score = min(int(math.Round(points)), 100)
	t.Comment = strings.Join(lines, "\n")
	t.Metadata = append(t.Metadata, metadataEntry{"mailboxes", report.Grouped(len(boxes))})
	return t
}
