package rulepage

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"triage/analyzers/report"
	"triage/rules"
	"triage/rules/yamltext"
)

// Listed is a rule as rules list prints it, in the words of YAML.
type Listed struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Detector   string   `json:"detector"`
	Level      string   `json:"level"`
	Confidence int      `json:"confidence"`
	Family     string   `json:"family"`
	Attack     []string `json:"attack"`
	Enabled    bool     `json:"enabled"`
	Reason     string   `json:"reason,omitempty"` // why it is turned off
}

// List are the rules in force, by id, and then those that are turned off.
func List(set *rules.Set) []Listed {
	var list []Listed
	for _, r := range set.Rules {
		list = append(list, Listed{
			ID: r.ID, Title: r.Title, Detector: r.Kind, Level: r.Level.String(), Confidence: r.Confidence, Family: r.Family,
			Attack: append([]string{}, r.Attack...), Enabled: true,
		})
	}
	for _, d := range set.Disabled {
		list = append(list, Listed{ID: d.ID, Attack: []string{}, Reason: d.Reason})
	}
	return list
}

// WriteList writes rules as a table.
func WriteList(w io.Writer, list []Listed) error {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "RULE\tLEVEL\tCONFIDENCE\tFAMILY\tDETECTOR\tTITLE")
	for _, r := range list {
		if !r.Enabled {
			fmt.Fprintf(tab, "%s\toff\t\t\t\t%s\n", report.Plain(r.ID), report.Plain(r.Reason))
			continue
		}
		fmt.Fprintf(tab, "%s\t%s\t%d\t%s\t%s\t%s\n", report.Plain(r.ID), r.Level, r.Confidence, r.Family, r.Detector, report.Plain(r.Title))
	}
	return tab.Flush()
}

// Problem is a fault or a doubt as rules lint prints it.
type Problem struct {
	Severity string `json:"severity"` // error or warning
	Code     string `json:"code"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Rule     string `json:"rule,omitempty"`
	Text     string `json:"text"`
}

// Problems are faults and doubts for JSON; never nil.
func Problems(found yamltext.Problems) []Problem {
	list := []Problem{}
	for _, p := range found {
		list = append(list, Problem{severity(p), p.Code, p.File, p.Line, p.Column, p.Rule, p.Text})
	}
	return list
}

func severity(p yamltext.Problem) string {
	if p.Warning() {
		return "warning"
	}
	return "error"
}

// WriteProblems writes faults and doubts with the lines that they stand in.
func WriteProblems(w io.Writer, found yamltext.Problems) {
	for _, p := range found {
		fmt.Fprintln(w, p.Error())
		if p.Snippet != "" {
			fmt.Fprintln(w, "    "+report.Plain(p.Snippet))
		}
	}
}

// WriteGitHub writes faults and doubts as GitHub shows them beside the lines. Its workflow commands end at a line break
// and separate properties by commas; see GitHub's documentation of workflow commands.
func WriteGitHub(w io.Writer, found yamltext.Problems) {
	message := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, p := range found {
		fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d,title=%s::%s\n",
			severity(p), property.Replace(p.File), p.Line, p.Column, p.Code, message.Replace(p.Text))
	}
}

// Tested is one inline test as rules test prints it.
type Tested struct {
	Name   string   `json:"name"`
	File   string   `json:"file"`
	Line   int      `json:"line"`
	Passed bool     `json:"passed"`
	Faults []string `json:"faults"`
}

// WriteTested writes tests, what is wrong with each below it.
func WriteTested(w io.Writer, list []Tested) error {
	var b strings.Builder
	for _, r := range list {
		word := "ok    "
		if !r.Passed {
			word = "FAILED"
		}
		fmt.Fprintf(&b, "%s  %s:%d  %s\n", word, report.Plain(r.File), r.Line, report.Plain(r.Name))
		for _, fault := range r.Faults {
			fmt.Fprintf(&b, "          %s\n", report.Plain(fault))
		}
	}
	fmt.Fprintf(&b, "%d tests\n", len(list))
	_, err := io.WriteString(w, b.String())
	return err
}
