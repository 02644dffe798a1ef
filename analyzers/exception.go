package analyzers

import (
	"path"

	"triage/analyzers/detect"
	"triage/rules"
)

// exception is the first exception of the pack that covers a finding: one for its rule whose conditions hold for every
// activity that the finding rests on. A finding of which a part remains unexplained stays.
func (r *run) exception(f *detect.Finding) *detect.Suppression {
	for i := range r.set.Exceptions {
		e := &r.set.Exceptions[i]
		if covers(e, f.Rule.ID) && r.holdsForAll(e, f) {
			return &detect.Suppression{Exception: e.ID, Reason: e.Reason, By: e.By}
		}
	}
	return nil
}

func covers(e *rules.Exception, rule string) bool {
	for _, glob := range e.Rules {
		if ok, err := path.Match(glob, rule); ok && err == nil {
			return true
		}
	}
	return false
}

func (r *run) holdsForAll(e *rules.Exception, f *detect.Finding) bool {
	if e.Where == nil {
		return true
	}
	for _, at := range f.Evidence {
		if !e.Where.Holds(&r.result.Case.Activities[at], &r.tenant) {
			return false
		}
	}
	return true
}
