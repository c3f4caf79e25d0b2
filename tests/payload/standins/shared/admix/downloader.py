"""Stand-in for admix.downloader: which storage element data is read from (read in admix 1.0.15)."""

import os

AMERICA = ("UC_OSG_USERDISK", "SDSC_USERDISK", "UC_DALI_USERDISK", "SDSC_NSDF_USERDISK")
EUROPE = ("NIKHEF2_USERDISK", "CNAF_USERDISK", "SURFSARA_USERDISK")
BY_COUNTRY = {**dict.fromkeys(("US", "CA"), AMERICA), **dict.fromkeys(("EUROPE", "NL", "IT", "FR", "IL"), EUROPE)}
ANYWHERE = ("UC_OSG_USERDISK", "SDSC_USERDISK", "SDSC_NSDF_USERDISK")
OF_THE_TESTS = ("RECORDS_USERDISK", "PEAKLETS_USERDISK", "EVENTS_USERDISK")


def determine_rse(rse_list):
    """The first of those that are preferred where the job runs; None for all others, whatever they hold."""
    near = BY_COUNTRY.get(os.environ.get("GLIDEIN_Country", ""), ())
    return next((rse for rse in (*near, *ANYWHERE, *OF_THE_TESTS) if rse in rse_list), None)
