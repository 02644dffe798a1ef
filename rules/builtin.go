package rules

import (
	"path"
	"slices"
	"strings"

	"triage/rules/yamltext"
)

// builtin loads "core" or "core@2". An earlier version lies in a folder of its own, named after its first number.
func (r *packReader) builtin(name string, at *yamltext.Node) {
	name, version, versioned := strings.Cut(name, "@")
	p := yamltext.Location{Builtin: true, Path: name}
	if name != path.Base(name) || !fsName(name) {
		r.Fail(yamltext.BadExtends, at, "%q is no built-in pack", p.String())
		return
	}
	files, _, err := r.disk.files(p)
	if err != nil {
		r.Fail(yamltext.BadExtends, at, "there is no built-in pack %q", name)
		return
	}
	if major, _, _ := strings.Cut(version, "."); versioned && fsName(major) && major == path.Base(major) {
		old := yamltext.Location{Builtin: true, Path: name + "@" + major}
		if frozen, _, err := r.disk.files(old); err == nil {
			if pack := r.earlier(old, frozen, p, at); pack != nil && !sameVersion(version, pack.Version) {
				r.Fail(yamltext.BadExtends, at, "want version %s of %s, this program has %s", version, name, pack.Version)
			}
			return
		}
	}
	pack := r.pack(p, files, at)
	if pack != nil {
		r.replaceEarlier(pack, at)
	}
	if pack != nil && versioned && !sameVersion(version, pack.Version) {
		r.Fail(yamltext.BadExtends, at, "want version %s of %s, this program has %s", version, name, pack.Version)
	}
}

// isBuiltin says that a path without builtin: names a built-in pack all the same: core@1.
func (r *packReader) isBuiltin(text string) bool {
	name, _, _ := strings.Cut(text, "@")
	if name != path.Base(name) || !fsName(name) || path.Ext(name) != "" {
		return false
	}
	_, _, err := r.disk.files(yamltext.Location{Builtin: true, Path: name})
	return err == nil
}

// earlier loads an earlier version of a built-in pack, unless the present one is asked for as well: rules judge once.
func (r *packReader) earlier(old yamltext.Location, files []yamltext.Location, present yamltext.Location, at *yamltext.Node) *Pack {
	if r.laid[present.String()] != nil {
		r.Fail(yamltext.WarnOldPack, at, "%s is asked for, and %s as well: the latter is used for both", old, present)
		return nil
	}
	r.Fail(yamltext.WarnOldPack, at, "%s changes no more: name %s, once `triage rules diff %s %s CASE` has shown what that changes",
		old, present, old.Path, present.Path)
	return r.pack(old, files, at)
}

// replaceEarlier puts the present version of a built-in pack in the place of an earlier one that was read before it: what
// lies over that one lies over this one then.
func (r *packReader) replaceEarlier(present *Pack, at *yamltext.Node) {
	i := slices.IndexFunc(r.docs, func(d doc) bool { return strings.HasPrefix(d.pack.Path, present.Path+"@") })
	if i < 0 {
		return
	}
	old := r.docs[i].pack
	r.Fail(yamltext.WarnOldPack, at, "%s is asked for, and %s as well: the latter is used for both", old.Path, present.Path)
	var own, others []doc
	for _, d := range r.docs {
		switch d.pack {
		case present:
			own = append(own, d)
		case old:
		default:
			others = append(others, d)
		}
	}
	r.docs = slices.Insert(others, i, own...)
}

func fsName(name string) bool {
	return name != "" && name != "." && name != ".." && !strings.Contains(name, `\`)
}

// sameVersion says whether 1 or 1.0 stands for 1.0.0.
func sameVersion(want, have string) bool { return want == have || strings.HasPrefix(have, want+".") }
