import Posture

extension SecurityGroupService {
    /// The services that attackers look for first. UDP is evaluated if the service's protocol also uses it.
    ///
    /// Source: IANA Service Name and Transport Protocol Port Number Registry, and the products' own documentation.
    static let all = [
        SecurityGroupService(
            "ftp", "FTP", tcp: [20...21],
            risk: "FTP sends passwords and files in clear text, and FTP servers are a common target.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_ftp_20_21"), .securityHub("EC2.19"),
                .config("restricted-common-ports"),
            ]),
        SecurityGroupService(
            "ssh", "SSH", tcp: [22...22],
            risk: """
                Public IP addresses are scanned for SSH within minutes. One weak password or leaked key is enough.
                """,
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22"), .securityHub("EC2.13"),
                .config("restricted-ssh"),
            ] + remoteAdministration),
        SecurityGroupService(
            "telnet", "Telnet", tcp: [23...23],
            risk: "Telnet sends all data, including passwords, in clear text and is a common malware target.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_telnet_23"), .securityHub("EC2.19"),
            ]),
        SecurityGroupService(
            "smtp", "SMTP", tcp: [25...25, 465...465, 587...587],
            risk: "An exposed mail server is abused as a spam relay and for password attacks.",
            references: [.securityHub("EC2.19")]),
        SecurityGroupService(
            "mail-retrieval", "POP3 or IMAP", tcp: [110...110, 143...143],
            risk: """
                Both protocols send passwords and mail in clear text unless TLS is used, and are a common target of \
                password attacks.
                """,
            references: [.securityHub("EC2.19")]),
        SecurityGroupService(
            "rpc", "Microsoft RPC", tcp: [135...135],
            risk: "The endpoint mapper lists the RPC services of a Windows host, which have been exploited by worms.",
            references: [.securityHub("EC2.19")]),
        SecurityGroupService(
            "development-web", "HTTP on management ports",
            tcp: [3000...3000, 5000...5000, 8080...8080, 8088...8088],
            risk:
                """
                Frameworks, build servers and cluster managers listen on these ports, often without \
                authentication, and run submitted code.
                """,
            references: [.securityHub("EC2.19")]),
        SecurityGroupService(
            "msql", "Mini SQL (mSQL)", tcp: [4333...4333],
            risk: "This port is used by an outdated database and by known backdoors.",
            references: [.securityHub("EC2.19"), .config("restricted-common-ports")]),
        SecurityGroupService(
            "fcp", "FCP (fcp-addr-srvr1)", tcp: [5500...5500],
            risk: "Remote control software listens on this port and is a common target of password attacks.",
            references: [.securityHub("EC2.19")]),
        SecurityGroupService(
            "kerberos", "Kerberos", tcp: [88...88, 464...464, 749...749], udp: [88...88, 464...464, 749...749],
            risk: "Exposed domain controllers allow AS-REP roasting and password attacks."),
        SecurityGroupService(
            "ldap", "LDAP", tcp: [389...389, 636...636, 3268...3269], udp: [389...389],
            risk: """
                An exposed directory lists users and computers. Over UDP it can be abused for amplification attacks.
                """),
        SecurityGroupService(
            "smb", "SMB", tcp: [139...139, 445...445],
            risk: """
                Ransomware spreads through file sharing, and its vulnerabilities are exploited years after a fix is \
                available.
                """,
            references: [.securityHub("EC2.19"), .cis("5.0", "5.1.2")]),
        SecurityGroupService(
            "mssql", "Microsoft SQL Server", tcp: [1433...1434], udp: [1434...1434],
            risk: """
                Exposed databases are a target of password attacks, and the server can be used to run operating system \
                commands.
                """,
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_sql_server_1433_1434"),
                .securityHub("EC2.19"),
            ]),
        SecurityGroupService(
            "oracle", "Oracle Database", tcp: [1521...1521, 2483...2484],
            risk: "The listener discloses database services and is a target of password attacks.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_oracle_1521_2483")
            ]),
        SecurityGroupService(
            "nfs", "NFS", tcp: [2049...2049], udp: [2049...2049],
            risk: """
                NFS with AUTH_SYS trusts the user ID that the client sends: any client that reaches the port can read \
                and write files.
                """),
        SecurityGroupService(
            "mysql", "MySQL", tcp: [3306...3306],
            risk: "Exposed databases are a target of password attacks, and deleted databases are held to ransom.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mysql_3306"),
                .securityHub("EC2.19"), .config("restricted-common-ports"),
            ]),
        SecurityGroupService(
            "rdp", "RDP", tcp: [3389...3389], udp: [3389...3389],
            risk: "Exposed Remote Desktop is a frequent initial access vector of ransomware.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389"), .securityHub("EC2.14"),
                .config("restricted-common-ports"),
            ] + remoteAdministration),
        SecurityGroupService(
            "postgresql", "PostgreSQL", tcp: [5432...5432],
            risk: """
                Exposed databases are a target of password attacks, and a superuser session can run commands on the \
                server.
                """,
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_postgres_5432"),
                .securityHub("EC2.19"),
            ]),
        SecurityGroupService(
            "redis", "Redis", tcp: [6379...6379],
            risk: """
                Without authentication, any client that reaches Redis can read data and write files on the server. \
                Protected mode is often disabled.
                """,
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_redis_6379")
            ]),
        SecurityGroupService(
            "elasticsearch", "Elasticsearch or Kibana", tcp: [5601...5601, 9200...9200, 9300...9300],
            risk: """
                Exposed indexes without authentication are found by search engines for devices, copied and deleted.
                """,
            references: [
                .prowler(
                    "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_elasticsearch_kibana_9200_9300_5601"),
                .securityHub("EC2.19"),
            ]),
        SecurityGroupService(
            "cassandra", "Cassandra", tcp: [7199...7199, 8888...8888, 9042...9042, 9160...9160],
            risk: """
                Cassandra and its management port (JMX) do not always require authentication. JMX allows code \
                execution.
                """,
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_cassandra_7199_9160_8888"),
                .securityHub("EC2.19"),
            ]),
        SecurityGroupService(
            "kafka", "Kafka", tcp: [9092...9092],
            risk: "Without authentication, any client that reaches the broker can read and write all topics.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_kafka_9092")
            ]),
        SecurityGroupService(
            "memcached", "Memcached", tcp: [11_211...11_211], udp: [11_211...11_211],
            risk: """
                Without authentication, any client can read cached data, and the UDP port can be abused for \
                amplification attacks.
                """,
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_memcached_11211")
            ]),
        SecurityGroupService(
            "mongodb", "MongoDB", tcp: [27_017...27_019],
            risk: "Databases without authentication are copied, deleted and held to ransom within hours.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mongodb_27017_27018")
            ]),
    ]

    /// Requirements of CIS and Security Hub for remote administration ports.
    private static let remoteAdministration: [Reference] = [
        .securityHub("EC2.19"), .securityHub("EC2.53"), .securityHub("EC2.54"),
        .cis("1.4", "5.2"), .cis("3.0", "5.2"), .cis("3.0", "5.3"), .cis("5.0", "5.3"), .cis("5.0", "5.4"),
        .config("vpc-sg-port-restriction-check"),
    ]
}
