package audit

import "encoding/json"

// scanData fills r.data from an AuditData object; false where encoding/json must read.
func (r *reader) scanData(raw []byte) bool {
	if r.slow {
		return false
	}
	c, d := &r.cursor, &r.data
	c.Begin(raw)
	for c.Object(); c.Member(); {
		name := c.Lower()
		if to := d.textNamed(name); to != nil {
			*to = c.Text()
		} else if to := d.partNamed(name); to != nil {
			*to = c.Raw()
		} else {
			c.Skip()
		}
	}
	if !c.End() {
		*d = data{}
		return false
	}
	return true
}

// textNamed is the field of a member that is a text, by its name in lower case; nil for any other member.
func (d *data) textNamed(name []byte) *text {
	if to := d.who(name); to != nil {
		return to
	}
	return d.what(name)
}

// who are the texts that say when, who and by what client.
func (d *data) who(name []byte) *text {
	switch string(name) {
	case "id":
		return &d.ID
	case "intrasystemid":
		return &d.IntraSystemID
	case "creationtime":
		return &d.CreationTime
	case "operation":
		return &d.Operation
	case "resultstatus":
		return &d.ResultStatus
	case "workload":
		return &d.Workload
	case "organizationid":
		return &d.OrganizationID
	case "userid":
		return &d.UserID
	case "userkey":
		return &d.UserKey
	case "usertype":
		return &d.UserType
	case "mailboxownerupn":
		return &d.MailboxOwnerUPN
	case "objectid":
		return &d.ObjectID
	case "clientip":
		return &d.ClientIP
	case "clientipaddress":
		return &d.ClientIPAddress
	case "actoripaddress":
		return &d.ActorIPAddress
	case "clientinfostring":
		return &d.ClientInfoString
	case "useragent":
		return &d.UserAgent
	case "clientprocessname":
		return &d.ClientProcessName
	case "appid":
		return &d.AppID
	case "clientappid":
		return &d.ClientAppID
	case "applicationid":
		return &d.ApplicationID
	case "sessionid":
		return &d.SessionID
	}
	return nil
}

// what are the texts that say what became of it, and to what or whom.
func (d *data) what(name []byte) *text {
	switch string(name) {
	case "errornumber":
		return &d.ErrorNumber
	case "logonerror":
		return &d.LogonError
	case "operationcount":
		return &d.OperationCount
	case "querytext":
		return &d.QueryText
	case "query":
		return &d.Query
	case "searchquery":
		return &d.SearchQuery
	case "searchquerytext":
		return &d.SearchQueryText
	case "name":
		return &d.Name
	case "severity":
		return &d.Severity
	case "category":
		return &d.Category
	case "alertentityid":
		return &d.AlertEntityID
	case "data":
		return &d.Data
	case "targetuserorgroupname":
		return &d.TargetUserOrGroupName
	case "sendasusersmtp":
		return &d.SendAsUserSMTP
	case "sendonbehalfofusersmtp":
		return &d.SendOnBehalfOfUserSMTP
	}
	return nil
}

// partNamed is the field of a member that stays as it was written; nil for any other member.
func (d *data) partNamed(name []byte) *json.RawMessage {
	switch string(name) {
	case "parameters":
		return &d.Parameters
	case "extendedproperties":
		return &d.ExtendedProperties
	case "modifiedproperties":
		return &d.ModifiedProperties
	case "operationproperties":
		return &d.OperationProperties
	case "deviceproperties":
		return &d.DeviceProperties
	case "appaccesscontext":
		return &d.AppAccessContext
	case "target":
		return &d.Target
	case "item":
		return &d.Item
	case "affecteditems":
		return &d.AffectedItems
	case "folder":
		return &d.Folder
	case "destfolder":
		return &d.DestFolder
	case "folders":
		return &d.Folders
	}
	return nil
}
