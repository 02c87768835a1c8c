//! The properties of users, groups, sites and organizations in Graph's published types.

/// What every object of the directory has.
pub(super) const DIRECTORY_OBJECT: &[&str] = &["deletedDateTime", "id"];

#[rustfmt::skip]
pub(super) const USER: &[&str] = &[
    "aboutMe", "accountEnabled", "activities", "adhocCalls", "ageGroup", "agreementAcceptances",
    "appRoleAssignments", "assignedLicenses", "assignedPlans", "authentication", "authorizationInfo",
    "birthday", "businessPhones", "calendar", "calendarGroups", "calendarView", "calendars", "chats",
    "city", "cloudClipboard", "cloudPCs", "companyName", "consentProvidedForMinor", "contactFolders",
    "contacts", "country", "createdDateTime", "createdObjects", "creationType",
    "customSecurityAttributes", "dataSecurityAndGovernance", "department", "deviceEnrollmentLimit",
    "deviceManagementTroubleshootingEvents", "directReports", "displayName", "drive", "drives",
    "employeeExperience", "employeeHireDate", "employeeId", "employeeLeaveDateTime", "employeeOrgData",
    "employeeType", "events", "extensions", "externalUserState", "externalUserStateChangeDateTime",
    "faxNumber", "followedSites", "givenName", "hireDate", "identities", "identityParentId",
    "imAddresses", "inferenceClassification", "insights", "interests", "isManagementRestricted",
    "isResourceAccount", "jobTitle", "joinedTeams", "lastPasswordChangeDateTime",
    "legalAgeGroupClassification", "licenseAssignmentStates", "licenseDetails", "mail", "mailFolders",
    "mailNickname", "mailboxSettings", "managedAppRegistrations", "managedDevices", "manager",
    "memberOf", "messages", "mobilePhone", "mySite", "oauth2PermissionGrants", "officeLocation",
    "onPremisesDistinguishedName", "onPremisesDomainName", "onPremisesExtensionAttributes",
    "onPremisesImmutableId", "onPremisesLastSyncDateTime", "onPremisesProvisioningErrors",
    "onPremisesSamAccountName", "onPremisesSecurityIdentifier", "onPremisesSyncBehavior",
    "onPremisesSyncEnabled", "onPremisesUserPrincipalName", "onenote", "onlineMeetings", "otherMails",
    "outlook", "ownedDevices", "ownedObjects", "passwordPolicies", "passwordProfile", "pastProjects",
    "people", "permissionGrants", "photo", "photos", "planner", "postalCode", "preferredDataLocation",
    "preferredLanguage", "preferredName", "presence", "print", "provisionedPlans", "proxyAddresses",
    "registeredDevices", "responsibilities", "schools", "scopedRoleMemberOf", "securityIdentifier",
    "serviceProvisioningErrors", "settings", "showInAddressList", "signInActivity",
    "signInSessionsValidFromDateTime", "skills", "solutions", "sponsorOf", "sponsors", "state",
    "streetAddress", "surname", "teamwork", "todo", "transitiveMemberOf", "usageLocation",
    "userPrincipalName", "userType",
];

#[rustfmt::skip]
pub(super) const GROUP: &[&str] = &[
    "acceptedSenders", "accessType", "allowExternalSenders", "appRoleAssignments", "assignedLabels",
    "assignedLicenses", "autoSubscribeNewMembers", "calendar", "calendarView", "classification",
    "conversations", "createdDateTime", "createdOnBehalfOf", "description", "displayName", "drive",
    "drives", "events", "expirationDateTime", "extensions", "groupLifecyclePolicies", "groupTypes",
    "hasMembersWithLicenseErrors", "hideFromAddressLists", "hideFromOutlookClients", "infoCatalogs",
    "isArchived", "isAssignableToRole", "isFavorite", "isManagementRestricted", "isSubscribedByMail",
    "licenseProcessingState", "mail", "mailEnabled", "mailNickname", "memberOf", "members",
    "membersWithLicenseErrors", "membershipRule", "membershipRuleProcessingState",
    "onPremisesDomainName", "onPremisesExtensionAttributes", "onPremisesLastSyncDateTime",
    "onPremisesNetBiosName", "onPremisesProvisioningErrors", "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier", "onPremisesSyncBehavior", "onPremisesSyncEnabled", "onenote",
    "organizationId", "owners", "permissionGrants", "photo", "photos", "planner",
    "preferredDataLocation", "preferredLanguage", "proxyAddresses", "rejectedSenders",
    "renewedDateTime", "resourceBehaviorOptions", "resourceProvisioningOptions", "securityEnabled",
    "securityIdentifier", "serviceProvisioningErrors", "settings", "sites", "team", "theme", "threads",
    "transitiveMemberOf", "transitiveMembers", "uniqueName", "unseenConversationsCount", "unseenCount",
    "unseenMessagesCount", "visibility", "welcomeMessageEnabled",
];

#[rustfmt::skip]
pub(super) const ORGANIZATION: &[&str] = &[
    "assignedPlans", "branding", "businessPhones", "certificateBasedAuthConfiguration", "city",
    "country", "countryLetterCode", "createdDateTime", "defaultUsageLocation", "displayName",
    "extensions", "marketingNotificationEmails", "mobileDeviceManagementAuthority",
    "onPremisesLastSyncDateTime", "onPremisesSyncEnabled", "partnerTenantType", "postalCode",
    "preferredLanguage", "privacyProfile", "provisionedPlans", "securityComplianceNotificationMails",
    "securityComplianceNotificationPhones", "state", "street", "technicalNotificationMails",
    "tenantType", "verifiedDomains",
];

#[rustfmt::skip]
pub(super) const SITE: &[&str] = &[
    "analytics", "columns", "contentTypes", "displayName", "drive", "drives", "error",
    "externalColumns", "isPersonalSite", "items", "lists", "onenote", "operations", "pages",
    "permissions", "root", "sharepointIds", "siteCollection", "sites", "termStore", "termStores",
];
