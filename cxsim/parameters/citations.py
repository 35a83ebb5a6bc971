"""Publications that stand behind more than one number."""

from __future__ import annotations

from cxsim.parameters.declaration import Source

KBCM_2019 = Source(
    "KBCM 2019 private SaaS survey (medians: ARR 8.7M, about 300 customers, about 28k a year each)",
    "https://www.scribd.com/document/486191576",
)
SAAS_CAPITAL_2023 = Source(
    "SaaS Capital 2023 (RB28, more than 1,500 companies): medians by contract size, net 100/102/103/105/107/110 %, "
    "gross 90/90/92/93/93/93 %",
    "https://alexisfairbanks.com",
)
RECURLY = Source(
    "Recurly churn benchmarks, more than 1,500 sites, 12 months: B2B 5.00 % a month; voluntary 4.21, involuntary 1.39",
    "https://recurly.com/research/churn-rate-benchmarks",
)
CLOUD_COACH_2024 = Source(
    "Cloud Coach 2024: mean of 100 days to onboard a B2B SaaS customer", "https://leadtime.de/blog/rethink-onboarding"
)
CUST_CO = Source(
    "cust.co (vendor): accounts per CSM 8-15 high touch, 30-50 mid, 100-200 low",
    "https://cust.co/customer-success-manager",
)
GAINSIGHT_2014 = Source(
    "Gainsight 2014: about $2M of ARR per CSM", "https://www.gainsight.com/blog/customer-success-csm-ratio"
)
RETANA_2016 = Source(
    "Retana, Forman & Wu 2016, field study of proactive customer education, 366 treated of 2,673",
    "https://doi.org/10.1287/msom.2015.0547",
    claims=("d",),
)
MATOS_2018 = Source(
    "Godinho de Matos, Ferreira & Belo 2018, field experiment: calls to likely churners -1.9 points from 17.2 %",
    "https://doi.org/10.1287/mksc.2018.1099",
    claims=("e",),
)
ASCARZA_2016 = Source(
    "Ascarza, Iyengar & Schleicher 2016, field experiment: proactive plan advice, 3-month churn 6.4 % to 10.0 %",
    "https://doi.org/10.1509/jmr.13.0483",
    claims=("e",),
)
ASCARZA_2018 = Source(
    "Ascarza 2018, target by response, not by risk",
    "https://doi.org/10.1509/jmr.16.0163",
    claims=("e",),
)
FADER_HARDIE_2007 = Source(
    "Fader & Hardie 2007, How to Project Customer Retention, Table 1", "https://doi.org/10.1002/dir.20074"
)
TELCO_IBM = Source(
    "IBM sample data, Telco customer churn: Kaplan-Meier of month-to-month contracts .703/.586/.397 at 12/24/48 months",
    "https://github.com/IBM/telco-customer-churn-on-icp4d",
)
RETENTLY = Source(
    "Retently: onboarding 23 %, weak relationship 16 %, poor service 14 % of churn; no sample or method given",
    "https://www.retently.com/blog/three-leading-causes-churn/",
    claims=("c",),
)
COX_1972 = Source(
    "log-linear hazard: Cox 1972; size: assumption: no study isolates it, so the range is wide",
    "https://doi.org/10.1111/j.2517-6161.1972.tb00899.x",
)
SAAS_CAPITAL_2015 = Source(
    "SaaS Capital 2015 white paper: slow growers sold for 2-3 times revenue, fast growers for 5-8",
    "https://www.saas-capital.com/blog/5-drivers-of-saas-valuation-3-customer-retention",
    claims=("a",),
)
BESSEMER_2021 = Source(
    "Bessemer 2021, Scaling to $100M: gross margin 65-70 % across the company's life; KBCM and others up to 80 %",
)
BAUMEISTER_2001 = Source(
    "Baumeister et al. 2001, Bad is stronger than good; the ratio itself is an assumption",
    "https://doi.org/10.1037/1089-2680.5.4.323",
)
