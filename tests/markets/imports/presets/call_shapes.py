from tests.markets.imports.presets.shape import Shape


def call(contact, started_at, disposition, **fields):
    return {"contact": contact, "started_at": started_at, "disposition": disposition, **fields}


CALLS = {
    "vicidial-calls": Shape(
        [
            "call_date;phone_number_dialed;status;user;full_name;campaign_id;vendor_lead_code;list_id;phone_code;"
            "phone_number;email;comments;length_in_sec;lead_id;uniqueid",
            "2026-03-02 10:00:00;2125550170;SALE;6001;Mia Holt;NYC;V-7;7;1;2125550170;a@x.example;liked it;88;31;177.9",
            "2026-03-02 10:04:00;2079460107;NA;VDAD;Auto Dial;NYC;;7;44;2079460107;;;0;32;177.10",
        ],
        [
            call(
                "V-7 ::: 31 ::: +1 2125550170 ::: +1 2125550170 ::: a@x.example",
                "2026-03-02 10:00:00",
                "SALE",
                talk_seconds="88",
                caller="Mia Holt",
                notes="liked it",
            ),
            call(
                "32 ::: +44 2079460107 ::: +44 2079460107",
                "2026-03-02 10:04:00",
                "NA",
                talk_seconds="0",
                caller="Auto Dial",
            ),
        ],
        ";",
    ),
    "asterisk-master": Shape(
        [
            ",".join(f"Column {number}" for number in range(1, 19)),
            ",300,2125550171,internal,Mia <300>,SIP/300,SIP/t,Dial,SIP/t,2026-03-02 10:00:00,2026-03-02 10:00:09,"
            "2026-03-02 10:01:10,70,61,ANSWERED,DOCUMENTATION,1772.1,",
        ],
        [
            call(
                "2125550171 ::: 300",
                "2026-03-02 10:00:00",
                "ANSWERED",
                call_id="1772.1",
                billed_seconds="61",
                talk_seconds="70",
                caller="Mia <300>",
            )
        ],
    ),
    "freepbx-cdr": Shape(
        [
            "calldate,clid,src,dst,dcontext,channel,duration,billsec,disposition,amaflags,uniqueid,userfield",
            "2026-03-02 10:00:00,Mia <300>,300,2125550171,internal,SIP/300,31,0,NO ANSWER,3,1772.4,",
        ],
        [
            call(
                "2125550171 ::: 300",
                "2026-03-02 10:00:00",
                "NO ANSWER",
                call_id="1772.4",
                billed_seconds="0",
                talk_seconds="31",
                caller="Mia <300>",
            )
        ],
    ),
    "3cx-calls": Shape(
        [
            "Call Time,Caller ID,Destination,Status,Ringing,Talking,Totals,Cost,Reason",
            "2026-03-02 10:00:00,Mia (300),2125550171,Unanswered,00:00:20,00:00:00,00:00:20,,Terminated by source",
        ],
        [
            call("2125550171 ::: Mia (300)", "2026-03-02 10:00:00", "Unanswered", billed_seconds="00:00:00"),
        ],
    ),
    "ringcentral-calls": Shape(
        [
            "Type,Direction,From,To,Extension,Forwarded To,Name,Date,Time,Action,Action Result,Result Description,"
            "Duration",
            "Voice,Incoming,(212) 555-0171,(212) 555-9090,300 - Mia Holt,,Ann,Mon 03/02/2026,4:05 PM,Phone Call,"
            "Missed,,0:00:09",
        ],
        [
            {
                "contact": "(212) 555-9090 ::: (212) 555-0171",
                "started_date": "Mon 03/02/2026",
                "started_time": "4:05 PM",
                "direction": "Incoming",
                "talk_seconds": "0:00:09",
                "disposition": "Missed",
                "caller": "300 - Mia Holt",
            }
        ],
    ),
    "aircall-calls": Shape(
        [
            "line,datetime (UTC),country_code,direction,from,to,answered,missed_call_reason,user,duration (total),"
            "duration (in call),via,tags,call_id",
            "NY,2026-03-02 15:00:00,US,outbound,+12125559090,+12125550171,No,,Mia,30,0,,Later,71",
            "NY,2026-03-02 15:02:00,US,outbound,+12125559090,+12125550172,Yes,,Mia,80,70,,Meeting set,72",
            "NY,2026-03-02 15:04:00,US,outbound,+12125559090,+12125550173,Yes,,Mia,80,70,,,73",
        ],
        [
            call(
                f"+1212555017{number} ::: +12125559090",
                f"2026-03-02 15:0{2 * number - 2}:00",
                said,
                call_id=f"7{number}",
                direction="outbound",
                talk_seconds=total,
                billed_seconds=talked,
                caller="Mia",
            )
            for number, said, total, talked in (
                (1, "No", "30", "0"),
                (2, "Meeting set", "80", "70"),
                (3, "Yes", "80", "70"),
            )
        ],
    ),
    "dialpad-calls": Shape(
        [
            "call_id,date_started,date_ended,direction,external_number,internal_number,name,talk_duration,categories",
            "5511,2026-03-02 10:00:00,2026-03-02 10:01:00,outbound,+12125550171,+12125559090,Mia,0,cancelled",
        ],
        [
            call(
                "+12125550171",
                "2026-03-02 10:00:00",
                "cancelled",
                call_id="5511",
                direction="outbound",
                billed_seconds="0",
                caller="Mia",
            )
        ],
    ),
    "justcall-calls": Shape(
        [
            "Call SID,JustCall Number,Contact Name,Contact Number,Agent Name,Call Date,Call Time,Direction,Type,"
            "Disposition,Duration,Notes",
            "S1,+12125559090,Ann,+12125550171,Mia,2026-03-02,10:00:00,Outgoing,Answered,Not interested,44,no",
            "S2,+12125559090,Ann,+12125550171,Mia,2026-03-02,10:05:00,Outgoing,Unanswered,,0,",
        ],
        [
            {
                "call_id": call_id,
                "contact": "+12125550171",
                "started_date": "2026-03-02",
                "started_time": time,
                "direction": "Outgoing",
                "disposition": said,
                "talk_seconds": seconds,
                "caller": "Mia",
            }
            | notes
            for call_id, time, said, seconds, notes in (
                ("S1", "10:00:00", "Not interested", "44", {"notes": "no"}),
                ("S2", "10:05:00", "Unanswered", "0", {}),
            )
        ],
    ),
    "twilio-calls": Shape(
        [
            "Call Sid,From,To,Direction,Start Time,End Time,Duration,Status,Price",
            "CA1,+12125559090,+12125550171,outbound-api,2026-03-02 15:00:00,2026-03-02 15:00:20,0,no-answer,-0.01",
        ],
        [
            call(
                "+12125550171 ::: +12125559090",
                "2026-03-02 15:00:00",
                "no-answer",
                call_id="CA1",
                direction="outbound-api",
                talk_seconds="0",
            )
        ],
    ),
    "hubspot-calls": Shape(
        [
            "Record ID,Call Title,Activity date,Call outcome,Call duration (HH:mm:ss),Call direction,"
            "Activity assigned to,Call notes,To Number,Associated Contact IDs,Associated Contact",
            "81,Call,2026-03-02 10:00,Left voicemail,00:00:21,Outbound,Mia Holt,<p>x</p>,+12125550171,H1,"
            "Ann (a@x.example)",
        ],
        [
            call(
                "H1 ::: Ann (a@x.example) ::: +12125550171",
                "2026-03-02 10:00",
                "Left voicemail",
                call_id="81",
                direction="Outbound",
                talk_seconds="00:00:21",
                caller="Mia Holt",
                notes="<p>x</p>",
            )
        ],
    ),
    "salesforce-tasks": Shape(
        [
            "Activity ID,Subject,Created Date/Time,Assigned,Call Type,Call Result,Call Duration,Contact ID,"
            "Full Comments",
            "00T1,Call,3/2/2026 10:00 AM,Mia Holt,Outbound,Left Message,21,003A,busy day",
        ],
        [
            call(
                "003A",
                "3/2/2026 10:00 AM",
                "Left Message",
                call_id="00T1",
                direction="Outbound",
                talk_seconds="21",
                caller="Mia Holt",
                notes="busy day",
            )
        ],
    ),
    "pipedrive-activities": Shape(
        [
            "Activity - ID,Activity - Subject,Activity - Type,Activity - Due date,Activity - Due time,"
            "Activity - Duration,Activity - Note,Activity - Assigned to user,Person - Name,Person - Phone - Work",
            "9,No answer,Call,2026-03-02,10:00,00:02,tried,Mia,Ann,212 555 0171",
        ],
        [
            {
                "call_id": "9",
                "contact": "212 555 0171",
                "started_date": "2026-03-02",
                "started_time": "10:00",
                "talk_seconds": "00:02",
                "disposition": "No answer",
                "caller": "Mia",
                "notes": "tried",
            }
        ],
    ),
    "zoho-calls": Shape(
        [
            "Record Id,Subject,Call Type,Call Start Time,Call Duration (in seconds),Call Result,Call Owner,"
            "Contact Name.id,Contact Name,Description",
            "zcrm_1,Outgoing call,Outbound,2026-03-02 10:00:00,33,Invalid number,Mia Holt,zcrm_9,Ann,",
            "zcrm_2,Outgoing call,Outbound,2026-03-02 10:09:00,33,-None-,Mia Holt,zcrm_9,Ann,",
        ],
        [
            call(
                "zcrm_9",
                started_at,
                said,
                call_id=call_id,
                direction="Outbound",
                talk_seconds="33",
                caller="Mia Holt",
            )
            for call_id, started_at, said in (
                ("zcrm_1", "2026-03-02 10:00:00", "Invalid number"),
                ("zcrm_2", "2026-03-02 10:09:00", "-None-"),
            )
        ],
    ),
    "portal-calls": Shape(
        [
            "Started,Contact,Campaign,Direction,Outcome,Talk,Caller,Notes,Dialer's call ID,Call ID,Caller email,"
            "Caller name,Callback at,Meeting at,External ID,Email,Phone,Recorded at,Voided at,Call key,Person key,"
            "Campaign key",
            "2026-03-02 10:00:00+00:00,Al Ray,Spring,Outbound,Voicemail,9,Mia,,,portal:5.17,mia@x.example,,,,7,"
            "a@x.example,212 555 0170,2026-03-02 10:01:00+00:00,2026-03-03 10:00:00+00:00,5,12,1",
        ],
        [
            call(
                "7 ::: a@x.example ::: 212 555 0170",
                "2026-03-02 10:00:00+00:00",
                "Voicemail",
                call_id="portal:5.17",
                campaign="Spring",
                direction="Outbound",
                talk_seconds="9",
                caller="mia@x.example",
                voided_at="2026-03-03 10:00:00+00:00",
            )
        ],
    ),
}
