package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/fetched"
)

// fetches reads what triage fetch wrote down beside the evidence: below every folder that was walked, and beside one that
// is itself evidence of a fetch.
func (f *Files) fetches(found *finder) {
	folders := slices.Clone(found.fetched)
	for _, path := range found.named {
		if folder := fetched.Folder(path); isCaseFolder(folder) {
			folders = append(folders, folder)
		}
	}
	slices.Sort(folders)
	sums := map[string]string{}
	for _, in := range f.inputs {
		sums[in.src.path] = in.sum
	}
	for _, folder := range slices.Compact(folders) {
		m, err := fetched.Read(folder)
		if err != nil {
			f.Problems = append(f.Problems, &PathError{Path: filepath.Join(folder, fetched.Name), Err: reason(err)})
		}
		if m != nil {
			r := fetchOf(m, strings.TrimSuffix(folder, fetched.Suffix))
			r.Gaps = append(r.Gaps, tampered(m, r.Evidence, sums)...)
			f.fetched = append(f.fetched, r)
		}
	}
}

// tampered are the answers that a fetch brought and that are not as they came: whoever took one out, or changed it, left the
// manifest as it was. sums are of the files that were read.
func tampered(m *fetched.Manifest, evidence string, sums map[string]string) []activity.Gap {
	var gone, changed []string
	for _, p := range m.Pages {
		if p.File == "" {
			continue
		}
		path := filepath.Join(evidence, filepath.Base(p.File))
		sum, read := sums[path]
		if !read { // of no known format, or not among what was named
			text, err := os.ReadFile(path)
			if err != nil {
				gone = append(gone, p.File)
				continue
			}
			hash := sha256.Sum256(text)
			sum = hex.EncodeToString(hash[:])
		}
		if sum != p.SHA256 {
			changed = append(changed, p.File)
		}
	}
	var gaps []activity.Gap
	for _, g := range []struct {
		files []string
		what  string
	}{{gone, "are not here any more"}, {changed, "are not as they came: their sha256 is another one"}} {
		if n := len(g.files); n > 0 {
			gaps = append(gaps, activity.Gap{
				List: "answers", Lost: true,
				Reason: fmt.Sprintf("%d of the answers that came %s, %s the first", n, g.what, g.files[0]),
				Remedy: "the folder as it was fetched, from who keeps it; or fetch again under another --output",
			})
		}
	}
	return gaps
}

// sourceOf is the log that a source of triage fetch is.
func sourceOf(name string) activity.Source {
	return map[string]activity.Source{
		"audit": activity.SourceAudit, "signins": activity.SourceSignin, "trace": activity.SourceTrace, "rules": activity.SourceRules,
	}[name]
}

// fetchOf is a manifest as the case keeps it.
func fetchOf(m *fetched.Manifest, evidence string) activity.FetchRecord {
	out := activity.FetchRecord{Evidence: evidence, Name: m.Source, Source: sourceOf(m.Source), Complete: m.Complete}
	for _, c := range m.Coverage {
		out.Rows += int64(c.Rows)
		out.Wavered = out.Wavered || c.Wavered
		if !c.From.IsZero() {
			span := activity.Span{First: c.From.UnixMilli(), Last: c.To.UnixMilli() - 1}
			if n := len(out.Covered); n > 0 && out.Covered[n-1].List == c.List && out.Covered[n-1].Last+1 == span.First {
				out.Covered[n-1].Last = span.Last
				continue
			}
			span.List = c.List
			out.Covered = append(out.Covered, span)
		}
	}
	for _, g := range m.Gaps {
		gap := activity.Gap{List: g.List, Mailbox: strings.ToLower(g.Mailbox), Reason: g.Reason, Remedy: g.Remedy, Lost: g.Lost}
		if !g.From.IsZero() {
			gap.First, gap.Last = g.From.UnixMilli(), g.To.UnixMilli()-1
		}
		if g.File != "" {
			gap.File = filepath.Join(filepath.Dir(evidence), filepath.Base(g.File))
			if info, err := os.Stat(gap.File); err == nil && info.Mode().IsRegular() {
				continue // it was brought meanwhile
			}
		}
		out.Gaps = append(out.Gaps, gap)
	}
	return out
}
