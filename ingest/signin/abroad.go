package signin

import (
	"bytes"

	"triage/ingest/activity"
)

// abroad says that who signed in may be no member of the tenant whose log it is: his own tenant is another one than that
// of what he signed in to, or the access is said to cross tenants, and the log does not say that it is his own tenant's.
func (e *entry) abroad() bool {
	home, known := tenantID(e.HomeTenantID)
	for _, log := range [...]text{e.DiagnosticTenantID, e.AADTenantID} {
		if id, ok := tenantID(log); ok && known {
			return id != home
		}
	}
	if resource, ok := tenantID(e.ResourceTenantID); ok && known {
		return resource != home
	}
	switch string(bytes.ToLower(bytes.TrimSpace(e.CrossTenantAccessType))) {
	case "", "none", "passthrough", "unknownfuturevalue":
		return false
	}
	return true
}

func tenantID(value text) (id activity.ID, ok bool) {
	id, ok = activity.GUID(bytes.TrimSpace(value))
	return id, ok && id != activity.ID{}
}
