package operation

import "triage/ingest/activity"

// appOperations are what Entra records of applications and consent.
func appOperations() []Operation {
	return []Operation{
		{Kind: activity.Consent, Names: "consent to application"},
		{Kind: activity.AppChange, Names: "" +
			"add service principal,update service principal,remove service principal," +
			"hard delete service principal,disable service principal,enable service principal"},
		{Kind: activity.AppChange, Names: "" +
			"add application,update application,delete application,hard delete application,restore application," +
			"update application - certificates and secrets management," +
			"create application - certificates and secrets management"},
		{Kind: activity.AppChange, Names: "" +
			"add service principal credentials,remove service principal credentials," +
			"update service principal - certificates and secrets management," +
			"create service principal - certificates and secrets management"},
		{Kind: activity.AppChange, Names: "" +
			"add owner to application,remove owner from application,add owner to service principal," +
			"remove owner from service principal,set verified publisher,unset verified publisher," +
			"add policy to service principal"},
		{Kind: activity.AppChange, Names: "" +
			"add delegated permission grant,remove delegated permission grant," +
			"update delegated permission grant,add delegation entry,set delegation entry," +
			"remove delegation entry,add oauth2permissiongrant,remove oauth2permissiongrant,revoke consent"},
		{Kind: activity.AppChange, Names: "" +
			"add app role assignment to service principal,add app role assignment grant to user," +
			"add app role assignment to group,remove app role assignment from service principal," +
			"remove app role assignment from user,remove app role assignment from group"},
	}
}

// roleOperations are what Entra records of roles.
func roleOperations() []Operation {
	return []Operation{
		{Kind: activity.RoleChange, Names: "" +
			"add member to role,remove member from role,add eligible member to role," +
			"remove eligible member from role,add scoped member to role,remove scoped member from role," +
			"add role definition,update role definition,delete role definition," +
			"add role assignment to role definition,remove role assignment from role definition," +
			"delete role assignment,update role,add role from template"},
		{Kind: activity.RoleChange, Names: "" +
			"add member to role in pim requested (permanent),add member to role in pim completed (permanent)," +
			"add member to role in pim requested (timebound),add member to role in pim completed (timebound)," +
			"add eligible member to role in pim requested (permanent)," +
			"add eligible member to role in pim completed (permanent)," +
			"add eligible member to role in pim requested (timebound)," +
			"add eligible member to role in pim completed (timebound)," +
			"add member to role completed (pim activation),add member to role requested (pim activation)," +
			"add member to role outside of pim (permanent)," +
			"user has elevated their access to user access administrator for their azure resources"},
	}
}

// credentialOperations are what Entra records of passwords and second factors.
func credentialOperations() []Operation {
	return []Operation{
		{Kind: activity.CredentialChange, Names: "" +
			"change user password,reset user password,set force change user password,reset password (by admin)," +
			"reset password (self-service),change password (self-service),unlock user account (self-service)," +
			"update stsrefreshtokenvalidfrom timestamp"},
		{Kind: activity.CredentialChange, Names: "" +
			"enable strong authentication,disable strong authentication,create application password for user," +
			"delete application password for user"},
		{Kind: activity.CredentialChange, Names: "" +
			"user registered security info,user registered all required security info," +
			"user deleted security info,user changed default security info,user updated security info," +
			"user started security info registration,user canceled security info registration," +
			"admin registered security info,admin updated security info,admin deleted security info," +
			"user registered for self-service password reset,user reviewed security info"},
		{Kind: activity.CredentialChange, Names: "" +
			"add passwordless phone sign-in credential,delete passwordless phone sign-in credential," +
			"add fido2 security key,delete fido2 security key,add windows hello for business credential," +
			"delete windows hello for business credential"},
	}
}

// accountOperations are what Entra records of accounts, groups and devices.
func accountOperations() []Operation {
	return []Operation{
		{Kind: activity.CredentialChange, params: secondFactors, Names: "update user"},
		{Kind: activity.AccountChange, Names: "" +
			"add user,update user,delete user,restore user,hard delete user,disable account,enable account," +
			"invite external user,invite internal user,redeem external user invite,change user license," +
			"set license properties,convert federated user to managed,update external secrets"},
		{Kind: activity.AccountChange, Names: "" +
			"add group,update group,delete group,add member to group,remove member from group," +
			"add owner to group,remove owner from group"},
		{Kind: activity.AccountChange, Names: "" +
			"add device,update device,delete device,register device,unregister device," +
			"add registered owner to device,remove registered owner from device,add registered users to device," +
			"remove registered users from device"},
	}
}

// tenantOperations are what Entra records of domains and policies of the tenant.
func tenantOperations() []Operation {
	return []Operation{
		{Kind: activity.PolicyChange, Names: "" +
			"set domain authentication,set federation settings on domain,add unverified domain," +
			"add verified domain,verify domain,remove unverified domain,remove verified domain,update domain," +
			"set company information,update company settings,update company,set company contact information," +
			"set company allowed data location,set password policy,set dirsync feature,set dirsyncenabled flag," +
			"set directory feature on tenant,add partner to company,remove partner from company,create company," +
			"set partnership,disable desktop sso,enable desktop sso,disable passthrough authentication," +
			"enable passthrough authentication"},
		{Kind: activity.PolicyChange, Names: "" +
			"add policy,added policy,update policy,delete policy,set default policy," +
			"add conditional access policy,update conditional access policy,delete conditional access policy," +
			"add named location,update named location,delete named location,update authorization policy," +
			"authentication methods policy update,update security defaults,disable security defaults," +
			"update cross tenant access setting,add a partner to cross-tenant access setting," +
			"add certificate based auth configuration,update certificate based auth configuration"},
	}
}

// fileOperations are SharePoint's and OneDrive's: what is done to a file is a file_access, what opens it to others a share.
func fileOperations() []Operation {
	return []Operation{
		{Kind: activity.FileAccess, Names: "" +
			"fileaccessed,fileaccessedextended,filepreviewed,filedownloaded,filesyncdownloadedfull," +
			"filesyncdownloadedpartial,filecopied,fileuploaded,filesyncuploadedfull,filesyncuploadedpartial," +
			"filemodified,filemodifiedextended,filerenamed,filemoved,filerestored,filecheckedout,filecheckedin," +
			"folderdownloaded,foldercopied,foldermoved,folderrenamed"},
		{Kind: activity.FileAccess, Names: "" +
			"filedeleted,filerecycled,filedeletedfirststagerecyclebin,filedeletedsecondstagerecyclebin," +
			"fileversionsalldeleted,folderdeleted,folderrecycled,folderdeletedfirststagerecyclebin," +
			"folderdeletedsecondstagerecyclebin"},
		{Kind: activity.Share, Names: "" +
			"sharingset,sharingrevoked,sharinginvitationcreated,sharinginvitationaccepted," +
			"sharinginvitationupdated,sharinginvitationrevoked,anonymouslinkcreated,anonymouslinkused," +
			"anonymouslinkupdated,anonymouslinkremoved,securelinkcreated,securelinkupdated,securelinkused," +
			"securelinkdeleted,addedtosecurelink,removedfromsecurelink,companylinkcreated,companylinkused," +
			"companylinkremoved,sharinglinkcreated,sharinglinkused,sharinglinkupdated,sharinglinkdeleted," +
			"accessrequestcreated,accessrequestapproved,accessinvitationcreated,accessinvitationaccepted," +
			"addedtogroup,sharinginheritancebroken"},
		{Kind: activity.PermissionChange, Names: "" +
			"sitecollectionadminadded,sitecollectionadminremoved,sitepermissionsmodified," +
			"permissionlevelmodified,permissionleveladded"},
		{Kind: activity.PolicyChange, Names: "" +
			"sharingpolicychanged,deviceaccesspolicychanged,networkaccesspolicychanged," +
			"unmanagedsyncclientblocked"},
	}
}

// alertOperations are Microsoft's own warnings, verdicts on mail and clicks.
func alertOperations() []Operation {
	return []Operation{
		{Kind: activity.Alert, Owner: OfAlert, Names: "alerttriggered,alertentitygenerated,alertupdated"},
		{Kind: activity.Alert, Names: "timaildata,atpdetection,usersubmission,airinvestigationdata"},
		{Kind: activity.LinkClick, Names: "tiurlclickdata,urlclickdata"},
	}
}
