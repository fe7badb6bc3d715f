extension RoleTrustServiceSource {
    /// The services whose roles can require the source, by the first part of the service's name, each with the page
    /// that says so.
    static let services: [String: String] = [
        "airflow-env": "Amazon MWAA User Guide: Cross-service confused deputy prevention",
        "appstream": "Amazon AppStream 2.0 Administration Guide: Cross-service confused deputy prevention",
        "autoscaling": "Amazon EC2 Auto Scaling User Guide: Cross-service confused deputy prevention",
        "bedrock": "Amazon Bedrock User Guide: Cross-service confused deputy prevention",
        "bedrock-agentcore": "Amazon Bedrock AgentCore Developer Guide: IAM Permissions for AgentCore Runtime",
        "codebuild": "AWS CodeBuild User Guide: Cross-service confused deputy prevention",
        "config": "AWS Config Developer Guide: Permissions for the IAM Role Assigned to AWS Config",
        "datasync": "AWS DataSync User Guide: Cross-service confused deputy prevention",
        "datazone": "Amazon SageMaker Unified Studio Administrator Guide: AmazonSageMakerDomainService role",
        "ecs-tasks": "Amazon ECS Developer Guide: Amazon ECS task IAM role",
        "fis": "AWS Fault Injection Service User Guide: IAM roles for AWS FIS experiments",
        "frauddetector": "Amazon Fraud Detector User Guide: Confused deputy prevention",
        "greengrass": "AWS IoT Greengrass Developer Guide: Greengrass service role",
        "iot": "AWS IoT Core Developer Guide: Cross-service confused deputy prevention",
        "logs": "Amazon CloudWatch Logs User Guide: Confused deputy prevention",
        "personalize": "Amazon Personalize Developer Guide: Cross-service confused deputy prevention",
        "pipes": "Amazon EventBridge User Guide: Cross-service confused deputy prevention in EventBridge Pipes",
        "sagemaker": "Amazon SageMaker AI Developer Guide: Cross-service confused deputy prevention",
        "scheduler": "Amazon EventBridge Scheduler User Guide: Confused deputy prevention",
        "ssm": "AWS Systems Manager User Guide: Cross-service confused deputy prevention",
        "states": "AWS Step Functions Developer Guide: Creating an IAM role for your state machine",
        "transfer": "AWS Transfer Family User Guide: Cross-service confused deputy prevention",
        "vpc-flow-logs": "Amazon VPC User Guide: IAM role for publishing flow logs to CloudWatch Logs",
    ]
}
