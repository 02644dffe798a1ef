package report

import (
	"cmp"
	"strings"
)

// Several says that the report is about more than one tenant.
func (r *Report) Several() bool { return len(r.Tenants) > 1 }

// TenantNames are what people call the tenants: the first of their domains that no other one has and that Microsoft did
// not give, else the id.
func (r *Report) TenantNames() map[TenantOf]string {
	having := map[string]int{}
	for i := range r.Tenants {
		for _, d := range r.Tenants[i].Domains {
			having[d]++
		}
	}
	names := map[TenantOf]string{}
	for i := range r.Tenants {
		t := &r.Tenants[i]
		name, given := "", ""
		for _, d := range t.Domains {
			switch {
			case having[d] > 1:
			case strings.HasSuffix(d, ".onmicrosoft.com"):
				given = cmp.Or(given, d)
			default:
				name = cmp.Or(name, d)
			}
		}
		if t.ID == "" {
			name, given = "not named", ""
		}
		names[NamedTenant(string(t.ID))] = cmp.Or(name, given, string(t.ID))
	}
	return names
}
