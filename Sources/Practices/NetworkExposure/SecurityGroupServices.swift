import Posture

extension SecurityGroupService {
    /// The services that attackers look for first. UDP is judged if the protocol answers over it.
    ///
    /// Source: IANA Service Name and Transport Protocol Port Number Registry, and the products' own documentation.
    static let all = [
        SecurityGroupService(
            "ftp", "FTP", tcp: [20...21],
            risk: "FTP sends passwords and files unencrypted, and its servers are broken into by routine.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_ftp_20_21"), .securityHub("EC2.19"),
                .config("restricted-common-ports"),
            ]),
        SecurityGroupService(
            "ssh", "SSH", tcp: [22...22],
            risk: "Every public address is tried for SSH within minutes; one weak password or old key is enough.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22"), .securityHub("EC2.13"),
                .config("restricted-ssh"),
            ] + remoteAdministration),
        SecurityGroupService(
            "telnet", "Telnet", tcp: [23...23],
            risk: "Telnet sends everything unencrypted, passwords too, and worms live on it.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_telnet_23"), .securityHub("EC2.19"),
            ]),
        SecurityGroupService(
            "smtp", "SMTP", tcp: [25...25, 465...465, 587...587],
            risk: "A mail server open to everybody becomes a relay for spam, and its users' passwords are tried.",
            references: [.securityHub("EC2.19")]),
        SecurityGroupService(
            "mail-retrieval", "POP3 or IMAP", tcp: [110...110, 143...143],
            risk: "Both protocols send passwords and mail unencrypted, and the passwords are tried without end.",
            references: [.securityHub("EC2.19")]),
        SecurityGroupService(
            "rpc", "Microsoft RPC", tcp: [135...135],
            risk: "The endpoint mapper names the services of a Windows host, whose flaws have carried worms.",
            references: [.securityHub("EC2.19")]),
        SecurityGroupService(
            "development-web", "A development or management web server",
            tcp: [3000...3000, 5000...5000, 8080...8080, 8088...8088],
            risk:
                "Frameworks, build servers and cluster managers listen here, often without a password, and run what they are sent.",
            references: [.securityHub("EC2.19")]),
        SecurityGroupService(
            "msql", "Mini SQL or a trojan", tcp: [4333...4333],
            risk: "Hardly anything but an old database or a backdoor listens on this port.",
            references: [.securityHub("EC2.19"), .config("restricted-common-ports")]),
        SecurityGroupService(
            "fcp", "An address server (fcp-addr-srvr1)", tcp: [5500...5500],
            risk: "Remote control programs listen on this port, and their passwords are tried without end.",
            references: [.securityHub("EC2.19")]),
        SecurityGroupService(
            "kerberos", "Kerberos", tcp: [88...88, 464...464, 749...749], udp: [88...88, 464...464, 749...749],
            risk: "A domain controller hands strangers tickets that they can crack at home, one account after another."),
        SecurityGroupService(
            "ldap", "LDAP", tcp: [389...389, 636...636, 3268...3269], udp: [389...389],
            risk: "A directory names every user and computer; over UDP it also multiplies attacks on others."),
        SecurityGroupService(
            "smb", "SMB", tcp: [139...139, 445...445],
            risk: "File sharing is how ransomware spreads; its flaws are exploited years after their repair.",
            references: [.securityHub("EC2.19"), .cis("5.0", "5.1.2")]),
        SecurityGroupService(
            "mssql", "Microsoft SQL Server", tcp: [1433...1434], udp: [1434...1434],
            risk: "Database passwords are tried without end, and the server can be made to run commands.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_sql_server_1433_1434"),
                .securityHub("EC2.19"),
            ]),
        SecurityGroupService(
            "oracle", "Oracle Database", tcp: [1521...1521, 2483...2484],
            risk: "The listener tells strangers what runs here, and database passwords are tried without end.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_oracle_1521_2483")
            ]),
        SecurityGroupService(
            "nfs", "NFS", tcp: [2049...2049], udp: [2049...2049],
            risk: "NFS believes who the client says it is: whoever reaches the port reads and writes the files."),
        SecurityGroupService(
            "mysql", "MySQL", tcp: [3306...3306],
            risk: "Database passwords are tried without end, and emptied databases are held to ransom.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mysql_3306"),
                .securityHub("EC2.19"), .config("restricted-common-ports"),
            ]),
        SecurityGroupService(
            "rdp", "RDP", tcp: [3389...3389], udp: [3389...3389],
            risk: "Open remote desktops are where most ransomware comes in.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389"), .securityHub("EC2.14"),
                .config("restricted-common-ports"),
            ] + remoteAdministration),
        SecurityGroupService(
            "postgresql", "PostgreSQL", tcp: [5432...5432],
            risk: "Database passwords are tried without end, and a superuser's session runs commands on the server.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_postgres_5432"),
                .securityHub("EC2.19"),
            ]),
        SecurityGroupService(
            "redis", "Redis", tcp: [6379...6379],
            risk: "Redis asks for no password unless told to, and lets whoever connects write files on the server.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_redis_6379")
            ]),
        SecurityGroupService(
            "elasticsearch", "Elasticsearch or Kibana", tcp: [5601...5601, 9200...9200, 9300...9300],
            risk: "Indexes without a password are found by search engines for devices, copied and erased.",
            references: [
                .prowler(
                    "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_elasticsearch_kibana_9200_9300_5601"),
                .securityHub("EC2.19"),
            ]),
        SecurityGroupService(
            "cassandra", "Cassandra", tcp: [7199...7199, 8888...8888, 9042...9042, 9160...9160],
            risk: "Cassandra asks for no password unless told to, and its management port runs what it is sent.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_cassandra_7199_9160_8888"),
                .securityHub("EC2.19"),
            ]),
        SecurityGroupService(
            "kafka", "Kafka", tcp: [9092...9092],
            risk: "Whoever reaches the broker reads every topic and writes into them.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_kafka_9092")
            ]),
        SecurityGroupService(
            "memcached", "Memcached", tcp: [11_211...11_211], udp: [11_211...11_211],
            risk: "Memcached has no password: strangers read what it holds, and flood others with its UDP answers.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_memcached_11211")
            ]),
        SecurityGroupService(
            "mongodb", "MongoDB", tcp: [27_017...27_019],
            risk: "Databases without a password are copied, erased and held to ransom within hours.",
            references: [
                .prowler("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mongodb_27017_27018")
            ]),
    ]

    /// What CIS and Security Hub ask of the ports of remote administration.
    private static let remoteAdministration: [Reference] = [
        .securityHub("EC2.19"), .securityHub("EC2.53"), .securityHub("EC2.54"),
        .cis("1.4", "5.2"), .cis("3.0", "5.2"), .cis("3.0", "5.3"), .cis("5.0", "5.3"), .cis("5.0", "5.4"),
        .config("vpc-sg-port-restriction-check"),
    ]
}
